import type { TestObject } from "sluice/testing"
import { beforeEach, describe, expect, it } from "vitest"
import type { Workbench } from "../support/durable-worker/workbench.ts"

/** The part of the suite about storage and the alarm. */
export function storageConforms(open: () => TestObject<Workbench>): void {
  describe("storage", () => {
    let object: TestObject<Workbench>

    beforeEach(() => {
      object = open()
    })

    it("keeps values, in the order of their keys", async () => {
      await object.inside((_, { storage: { kv } }) => {
        kv.put("b", { at: new Date(0) })
        kv.put("a", 1)
        kv.put("c", new Map([["k", "v"]]))
        kv.delete("missing")
      })
      await object.evict()
      const found = await object.inside((_, { storage: { kv } }) => [
        [...kv.list()],
        [...kv.list({ prefix: "b" })].length,
      ])
      expect(found).toEqual([
        [
          ["a", 1],
          ["b", { at: new Date(0) }],
          ["c", new Map([["k", "v"]])],
        ],
        1,
      ])
    })

    it("takes SQL", async () => {
      const seen = await object.inside((_, { storage: { sql } }) => {
        sql.exec(
          "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, data BLOB); INSERT INTO t VALUES (1, 'semi;colon', x'0102')",
        )
        const insert = sql.exec("INSERT INTO t VALUES (?, ?, ?), (?, ?, ?)", 2, "b", null, 3, "c", new Uint8Array([3]))
        const rows = sql.exec("SELECT * FROM t ORDER BY id")
        const one = sql.exec<{ count: number }>("SELECT COUNT(*) AS count FROM t").one()
        return {
          written: insert.rowsWritten,
          columns: rows.columnNames,
          names: rows.toArray().map(({ name }) => name),
          raw: [...sql.exec("SELECT id, name FROM t WHERE id = ?", 2).raw()],
          blob: new Uint8Array(sql.exec<{ data: ArrayBuffer }>("SELECT data FROM t WHERE id = 1").one().data),
          one,
        }
      })
      expect(seen).toEqual({
        written: 2,
        columns: ["id", "name", "data"],
        names: ["semi;colon", "b", "c"],
        raw: [[2, "b"]],
        blob: Uint8Array.of(1, 2),
        one: { count: 3 },
      })
      await object.evict()
      expect(await object.inside((_, { storage }) => storage.sql.exec("SELECT id FROM t").toArray().length)).toBe(3)
    })

    it("binds as many values as the SQL has parameters", async () => {
      const bound = (query: string, ...values: unknown[]) =>
        object.inside((_, { storage }) => {
          try {
            return [...storage.sql.exec(query, ...values).raw()]
          } catch (error) {
            return String(error)
          }
        })
      const wrong = expect.stringContaining("Wrong number of parameter bindings")
      expect(await bound("SELECT ?, ?", 1)).toEqual(wrong)
      expect(await bound("SELECT ?", 1, 2)).toEqual(wrong)
      expect(await bound("SELECT 1", 1)).toEqual(wrong)
      expect(await bound("SELECT :a", 1, 2)).toEqual(wrong)
      expect(await bound("SELECT ?2, '?', ?1 -- ?", 1, 2)).toEqual([[2, "?", 1]])
      expect(await bound("SELECT ?2, ?, :a, $b, :a", 1, 2, 3, 4, 5)).toEqual([[2, 3, 4, 5, 4]])
      expect(await bound("SELECT [a?], `b?` FROM (SELECT 1 AS [a?], 2 AS `b?`)")).toEqual([[1, 2]])
      expect(await bound("SELECT ?", 1n)).toContain("Cannot convert a BigInt value to a number")
      expect(await bound("SELECT ?, ?, ?", undefined, true, null)).toEqual([[null, "true", null]])
      expect(await bound("SELECT 9007199254740993")).toEqual([[2 ** 53]])
    })

    it("takes a trigger with a CASE among other statements", async () => {
      const rows = await object.inside((_, { storage: { sql } }) =>
        sql
          .exec(
            `CREATE TABLE t (n);
             CREATE TRIGGER r AFTER INSERT ON t BEGIN UPDATE t SET n = CASE WHEN n > 1 THEN 2 ELSE 3 END; END;
             INSERT INTO t VALUES (5);
             SELECT n FROM t`,
          )
          .toArray(),
      )
      expect(rows).toEqual([{ n: 2 }])
    })

    it("refuses undefined", async () => {
      const failure = await object.inside((_, { storage }) => storage.put("a", undefined).catch(String))
      expect(failure).toContain("put() called with undefined value")
    })

    it("refuses a missing row, and a second one", async () => {
      const one = (query: string) =>
        object.inside((_, { storage }) => {
          try {
            return storage.sql.exec(query).one()
          } catch (error) {
            return String(error)
          }
        })
      expect(await one("SELECT 1 AS n WHERE 1 = 0")).toContain("no results")
      expect(await one("SELECT 1 AS n UNION SELECT 2")).toContain("multiple results")
      expect(await one("SELECT * FROM missing")).toContain("no such table")
    })

    it("takes back the writes of a transaction that throws", async () => {
      const left = await object.inside((_, { storage }) => {
        const { kv, sql } = storage
        sql.exec("CREATE TABLE t (n INTEGER)")
        kv.put("a", 1)
        try {
          storage.transactionSync(() => {
            kv.put("a", 2)
            sql.exec("INSERT INTO t VALUES (1)")
            throw new Error("no")
          })
        } catch {}
        storage.transactionSync(() => sql.exec("INSERT INTO t VALUES (2)"))
        return [kv.get("a"), sql.exec("SELECT n FROM t").toArray()]
      })
      expect(left).toEqual([1, [{ n: 2 }]])
    })

    it("counts its cost", async () => {
      await object.inside((_, { storage: { sql } }) => void sql.exec("CREATE TABLE t (n INTEGER)"))
      object.resetCost()
      await object.inside((_, { storage }) => {
        storage.kv.put("a", 1)
        storage.kv.get("a")
        storage.kv.delete("a")
        storage.kv.delete("missing")
        storage.sql.exec("INSERT INTO t VALUES (1), (2)")
        storage.sql.exec("SELECT * FROM t").toArray()
        return storage.setAlarm(object.clock.now() + 1_000)
      })
      expect(object.cost).toEqual({ rowsWritten: 4, alarms: 1 })
    })
  })

  describe("the alarm", () => {
    let object: TestObject<Workbench>

    beforeEach(() => {
      object = open()
    })

    const rang = () => object.inside((_, { storage }) => storage.kv.get("rang"))

    it("fires when it is due, once, in an evicted object", async () => {
      const due = object.clock.now() + 60_000
      await object.inside((_, { storage }) => storage.setAlarm(due))
      await object.evict()
      expect(await object.alarm()).toBe(due)
      await object.advance("59 seconds")
      expect(await rang()).toBe(undefined)
      await object.advance("1 hour")
      expect(await rang()).toBe(due)
      expect(await object.alarm()).toBe(null)
    })

    it("is null while it fires", async () => {
      await object.inside((_, { storage }) => storage.setAlarm(object.clock.now() + 1))
      await object.advance(1)
      expect(await object.inside(({ alarms }) => alarms)).toEqual([null])
    })

    it("fires late, after a stall", async () => {
      await object.inside((_, { storage }) => storage.setAlarm(object.clock.now() + 1_000))
      await object.stall("1 minute")
      expect(await rang()).toBe(undefined)
      await object.advance(0)
      expect(await rang()).toBe(object.clock.now())
    })

    it("is deleted with all of the storage", async () => {
      await object.inside((_, { storage }) => storage.setAlarm(object.clock.now() + 1_000))
      await object.inside((_, { storage }) => storage.deleteAll())
      expect(await object.alarm()).toBe(null)
    })

    it("refuses a time that is no time", async () => {
      const failure = await object.inside((_, { storage }) => storage.setAlarm(new Date(Number.NaN)).catch(String))
      expect(failure).toContain("not a valid Date")
    })

    it("is one: a later call moves it, and it can be deleted", async () => {
      await object.inside(async (_, { storage }) => {
        await storage.setAlarm(object.clock.now() + 1_000)
        await storage.setAlarm(object.clock.now() + 2_000)
      })
      expect(await object.alarm()).toBe(object.clock.now() + 2_000)
      await object.inside((_, { storage }) => storage.deleteAlarm())
      await object.advance("1 minute")
      expect(await rang()).toBe(undefined)
    })
  })
}
