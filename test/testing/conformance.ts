import { binary, text } from "sluice"
import type { TestObject } from "sluice/testing"
import { beforeEach, describe, expect, it } from "vitest"
import type { Workbench } from "../support/durable-worker/workbench.ts"

/** Too large with whatever is beside it, so that the runtime says how many bytes there are. */
const padding = "x".repeat(20_000)

class Point {
  constructor(
    readonly x: number,
    readonly y: number,
  ) {}
}

const cyclic: { self?: unknown } = {}
cyclic.self = cyclic

/** Values, and how many bytes they are beside the padding in an attachment. */
const attachments: [name: string, value: unknown, bytes: number][] = [
  ["nothing", undefined, 20_026],
  ["null", null, 20_026],
  ["a number", 7, 20_027],
  ["a fraction", 0.5, 20_034],
  ["a text", "hello", 20_032],
  ["a text of two bytes a character", "жжж", 20_033],
  ["bytes", Uint8Array.of(1, 2, 3), 20_035],
  ["an object", { a: 1, b: [true, false] }, 20_043],
  ["a map", new Map([["a", 1]]), 20_033],
  ["a set", new Set([1, 2]), 20_032],
  ["a date", new Date(0), 20_034],
  ["a big integer", 12n, 20_035],
  ["an object in itself", cyclic, 20_036],
  ["an instance", new Point(1, 2), 20_038],
]

/** What tests may rely on, in memory as in workerd: the one suite that both run. */
export function conforms(open: () => TestObject<Workbench>): void {
  let object: TestObject<Workbench>

  beforeEach(() => {
    object = open()
  })

  describe("a socket", () => {
    it("takes and sends text and bytes", async () => {
      const client = await object.connect(text)
      await client.send("a", "b")
      await client.expect("a", "b")
      const bytes = await object.connect(binary)
      await bytes.send(Uint8Array.of(1, 2))
      await bytes.expect(Uint8Array.of(1, 2))
      await client.expectNothing()
    })

    it("is closed by the object with a code and a reason", async () => {
      const client = await object.connect(text)
      await client.send("bye")
      await client.expectClosed(4000, "bye")
    })

    it("is answered when its client closes", async () => {
      const client = await object.connect(text)
      await client.close(4001, "enough")
      await client.expectClosed(4001, "enough")
      expect(await object.inside((_, { storage }) => storage.kv.get("closed"))).toEqual([4001, "enough", true])
    })

    it("is told of a connection that drops", async () => {
      const client = await object.connect(text)
      await client.drop()
      expect(await object.inside((_, { storage }) => storage.kv.get("closed"))).toEqual([1006, "", false])
      await client.expectNothing()
      expect(await object.inside((_, state) => state.getWebSockets().length)).toBe(0)
    })

    it("is in the list of sockets, the newest first, and the oldest first by tag", async () => {
      for (const attachment of [1, 2]) {
        await object.connect(text)
        await object.inside((_, state) => state.getWebSockets()[0]?.serializeAttachment(attachment))
      }
      const [all, tagged, none] = await object.inside((_, state) =>
        [undefined, "all", "none"].map((tag) =>
          state.getWebSockets(tag).map((socket) => socket.deserializeAttachment()),
        ),
      )
      expect([all, tagged, none]).toEqual([[2, 1], [1, 2], []])
    })

    it("throws for what cannot be sent", async () => {
      await object.connect(text)
      const thrown = await object.inside((_, state) => {
        const [socket] = state.getWebSockets()
        const attempts = [
          () => socket?.close(999),
          () => socket?.close(1005),
          () => socket?.close(5000),
          () => socket?.close(4000, "é".repeat(62)),
          () => socket?.close(undefined, "why"),
          () => socket?.close(4000),
          () => socket?.send("late"),
          () => socket?.close(4001),
        ]
        return attempts.map((attempt) => {
          try {
            attempt()
            return "taken"
          } catch {
            return "thrown"
          }
        })
      })
      expect(thrown).toEqual(["thrown", "thrown", "thrown", "thrown", "thrown", "taken", "thrown", "taken"])
    })
  })

  describe("an attachment", () => {
    const attach = (value: unknown) =>
      object.inside((_, state) => {
        const [socket] = state.getWebSockets()
        try {
          socket?.serializeAttachment(value)
          return "taken"
        } catch (error) {
          return String(error)
        }
      })
    const attached = () => object.inside((_, state) => state.getWebSockets()[0]?.deserializeAttachment())

    beforeEach(() => object.connect(text).then(() => {}))

    it("is null at first", async () => expect(await attached()).toBe(null))

    it("has at most 16,384 bytes", async () => {
      expect(await attach("x".repeat(16_379))).toBe("taken")
      expect(await attach("x".repeat(16_380))).toContain("'attachment' was 16385 bytes")
      expect(await attach("ж".repeat(8_189))).toBe("taken")
      expect(await attach("ж".repeat(8_190))).toContain("'attachment' was 1638")
    })

    it.each(attachments)("counts as many bytes as the runtime: %s", async (_, value, bytes) => {
      expect(await attach({ value, padding })).toContain(`'attachment' was ${bytes} bytes`)
    })

    it.each(attachments)("comes back: %s", async (_, value) => {
      expect(await attach(value)).toBe("taken")
      await object.evict()
      const back = await attached()
      if (value instanceof Point) expect([back, back instanceof Point]).toEqual([{ x: 1, y: 2 }, false])
      else expect(back).toEqual(value)
    })

    it("refuses functions", async () => expect(await attach(() => {})).toMatch(/DataCloneError/))
  })

  describe("storage", () => {
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

    it("refuses a row that is none, or one too many", async () => {
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

    it("takes back what a transaction has written that throws", async () => {
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

    it("tells what it costs", async () => {
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
    const rang = () => object.inside((_, { storage }) => storage.kv.get("rang"))

    it("rings when it is due, once, in an object that slept", async () => {
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

    it("is none while it rings", async () => {
      await object.inside((_, { storage }) => storage.setAlarm(object.clock.now() + 1))
      await object.advance(1)
      expect(await object.inside(({ alarms }) => alarms)).toEqual([null])
    })

    it("is late, and rings with the next chance", async () => {
      await object.inside((_, { storage }) => storage.setAlarm(object.clock.now() + 1_000))
      await object.stall("1 minute")
      expect(await rang()).toBe(undefined)
      await object.advance(0)
      expect(await rang()).toBe(object.clock.now())
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

  describe("an eviction", () => {
    it("takes fields, and leaves storage and sockets", async () => {
      const client = await object.connect(text)
      await object.inside((bench, state) => {
        bench.count = 7
        state.storage.kv.put("kept", true)
        state.getWebSockets()[0]?.serializeAttachment({ name: "Ann" })
      })
      await object.evict()
      const left = await object.inside(({ count }, state) => [
        count,
        state.storage.kv.get("kept"),
        state.getWebSockets().map((socket) => socket.deserializeAttachment()),
      ])
      expect(left).toEqual([0, true, [{ name: "Ann" }]])
      await client.send("still here")
      await client.expect("still here")
    })

    it("that is forced takes the sockets, too", async () => {
      const client = await object.connect(text)
      await object.inside((bench, { storage }) => {
        bench.count = 7
        storage.kv.put("kept", true)
      })
      await object.evict("forced")
      await client.expectClosed(1006)
      const left = await object.inside(({ count }, state) => [
        count,
        state.storage.kv.get("kept"),
        state.getWebSockets().length,
      ])
      expect(left).toEqual([0, true, 0])
    })
  })

  describe("the output gate", () => {
    it("lets out what was sent after a write, once it is durable", async () => {
      const client = await object.connect(text)
      await object.inside((_, state) => {
        state.storage.kv.put("a", 1)
        state.getWebSockets()[0]?.send("written")
      })
      await client.expect("written")
    })

    it("lets nothing out whose write has not become durable", async () => {
      const client = await object.connect(text)
      const run = object.inside((_, state) => {
        state.storage.kv.put("a", 1)
        state.getWebSockets()[0]?.send("written")
        state.abort("a crash")
      })
      await expect(run).rejects.toThrow()
      await client.expectClosed(1006)
      expect(await object.inside((_, { storage }) => storage.kv.get("a"))).toBe(undefined)
    })
  })
}
