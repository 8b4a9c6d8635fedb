import { beforeEach, describe, expect, it } from "vitest"
import { cell, dial, hub, inStorage, newAuthorObject, object, setAct } from "../support/author-object.ts"

beforeEach(newAuthorObject)

describe("a cell equals its stored value (fault 6)", () => {
  const fails = (message = "No") => {
    throw new Error(message)
  }
  const rolledBack: Record<string, (storage: DurableObjectStorage) => unknown> = {
    "transactionSync that throws": (storage) => {
      storage.transactionSync(() => {
        cell.set(5)
        hub.publish("five")
        fails()
      })
    },
    "transactionSync inside another one": (storage) =>
      storage.transactionSync(() => {
        try {
          storage.transactionSync(() => {
            cell.set(5)
            hub.publish("five")
            fails()
          })
        } catch {}
        expect(cell.get()).toBe(1)
      }),
    "transaction that throws": (storage) =>
      storage.transaction(async () => {
        cell.set(5)
        hub.publish("five")
        await Promise.resolve()
        fails()
      }),
    "transaction with rollback": (storage) =>
      storage.transaction(async (all) => {
        cell.set(5)
        hub.publish("five")
        all.rollback()
      }),
    "transaction inside another one": (storage) =>
      storage.transaction(async () => {
        await storage.transaction(async (inner) => {
          cell.set(5)
          hub.publish("five")
          inner.rollback()
        })
        expect(cell.get()).toBe(1)
      }),
    "transactionSync inside a transaction": (storage) =>
      storage.transaction(async () => {
        try {
          storage.transactionSync(() => {
            cell.set(5)
            hub.publish("five")
            fails()
          })
        } catch {}
        expect(cell.get()).toBe(1)
      }),
  }

  it.each(Object.entries(rolledBack))("after a rolled-back %s, of which watchers are not notified", async (_, run) => {
    const [changes, news] = [await dial("changes"), await dial("hub")]
    const seen = await inStorage(async (storage) => {
      await (async () => run(storage))().catch(() => {})
      return [cell.get(), storage.kv.get("sluice:cell:n")]
    })
    expect(seen).toEqual([1, undefined])
    await inStorage(() => {
      cell.set(6)
      hub.publish("six")
    })
    expect(await changes.next()).toEqual(["6"])
    expect(await news.next()).toEqual(["six"])
  })

  it("keeps elements that an outer transaction has published before an inner one was rolled back", async () => {
    const [changes, news] = [await dial("changes"), await dial("hub")]
    await object.sleep()
    await inStorage((storage) =>
      storage.transaction(async () => {
        cell.set(2)
        hub.publish("two")
        await storage.transaction(async (inner) => {
          hub.publish("five")
          inner.rollback()
        })
        hub.publish("three")
      }),
    )
    expect(await changes.next()).toEqual(["2"])
    expect(await news.next(2)).toEqual(["two", "three"])
    expect(await inStorage(() => cell.get())).toBe(2)
  })

  it("keeps what a message has set and published that came while a transaction was open, because the runtime holds it back", async () => {
    const [changes, news, client] = [await dial("changes"), await dial("hub"), await dial("act")]
    const order: string[] = []
    setAct(() => {
      order.push("message")
      cell.set(2)
      hub.publish("two")
    })
    const rollback = inStorage((storage) =>
      storage
        .transaction(async () => {
          order.push("transaction")
          cell.set(5)
          hub.publish("five")
          await scheduler.wait(100)
          order.push("rollback")
          fails()
        })
        .catch(() => {}),
    )
    while (order.length === 0) await scheduler.wait(1)
    client.send("?")
    await rollback
    expect(await client.next()).toEqual(["?"])
    expect(order).toEqual(["transaction", "rollback", "message"])
    expect(await changes.next()).toEqual(["2"])
    expect(await news.next()).toEqual(["two"])
    expect(await inStorage((storage) => storage.kv.get("sluice:cell:n"))).toEqual([1, 2])
  })

  it("in a flow that continues after a rollback", async () => {
    const changes = await dial("changes")
    setAct((storage) => {
      try {
        storage.transactionSync(() => {
          cell.set(5)
          fails()
        })
      } catch {}
      return cell.get()
    })
    expect(await (await dial("act")).send("?").next()).toEqual(["1"])
    setAct(() => cell.set(6))
    expect(await (await dial("act")).send("ok").next()).toEqual(["ok"])
    expect(await changes.next()).toEqual(["6"])
  })

  it("after the author has deleted all, deleted its row, or written it", async () => {
    const seen = await inStorage((storage) => {
      cell.set(5)
      const before = cell.get()
      void storage.deleteAll()
      const afterAll = cell.get()
      cell.set(6)
      storage.kv.delete("sluice:cell:n")
      const afterRow = cell.get()
      storage.kv.put("sluice:cell:n", [1, 7])
      return [before, afterAll, afterRow, cell.get()]
    })
    expect(seen).toEqual([5, 1, 1, 7])
  })
})

describe("after deleteAll (fault 6)", () => {
  it("running actors and shared graphs keep their state through an eviction", async () => {
    const [total, beat] = [await dial("total"), await dial("beat")]
    beat.send("add")
    await object.pass(1_000)
    await inStorage((storage) => storage.deleteAll())
    expect((await object.rows()).toSorted()).toEqual(["sluice:actor:beating", "sluice:graph:total"])
    await object.pass(1_000)
    expect(await total.next(3)).toEqual(["total 1", "total 2", "total 3"])
    expect(await beat.next(2)).toEqual(["beat 1", "beat 2"])
  })
})
