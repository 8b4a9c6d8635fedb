import { runDurableObjectAlarm } from "cloudflare:test"
import { Flow, Sink, Source, text, webSocket } from "sluice"
import { Actor, Props } from "sluice/actor"
import type { Cell, Hub } from "sluice/durable"
import { beforeEach, describe, expect, it, vi } from "vitest"
import type { LogEntry } from "../../src/stream/logger.ts"
import { closed } from "../support/client.ts"
import type { Line } from "../support/dial.ts"
import { type Scripted, script } from "../support/durable-worker/scripted.ts"
import { logged } from "../support/logged.ts"
import { holdTime, TestObject } from "../support/test-object.ts"

/** Counts, and publishes the count every second once it has a message. */
class Beating extends Actor<"add" | "beat" | "stop"> {
  override state = 0

  constructor(private readonly out: { publish(text: string): void }) {
    super()
  }

  receive(message: "add" | "beat" | "stop") {
    if (message === "stop") this.context.stop(this.self)
    if (message === "beat") this.out.publish(`beat ${++this.state}`)
    if (message === "add") this.timers.startTimerAtFixedRate("beat", "beat", "1 second")
  }
}

type Act = (storage: DurableObjectStorage, tools: Scripted["tools"]) => unknown

let object: TestObject<Scripted>
let errors: LogEntry[]
/** What a client of the flow `act` has the object do. */
let act: Act
/** When the alarm of the author was called. */
let alarms: number[]
let started: number
let cell: Cell<number>
let hub: Hub<string>

beforeEach(() => {
  vi.restoreAllMocks()
  holdTime()
  errors = logged()
  act = () => {}
  alarms = []
  started = 0
  script((tools) => {
    cell = tools.cell("n", 1)
    hub = tools.hub<string>("hub")
    const other = tools.actor("other", Props.of(Other))
    const actor = tools.actor("beating", Props.of(Beating, hub))
    const total = tools.share(
      "total",
      Source.tick("1 second")
        .scan(0, (sum) => sum + 1)
        .drop(1)
        .map((n) => `total ${n}`),
    )
    const only = (source: Source<string>, tell: (text: string) => void = () => {}) =>
      webSocket.endpoint(text, Flow.fromSinkAndSource(Sink.forEach(tell), source))
    void other
    return {
      alarm: () => void alarms.push(Date.now()),
      accept({ data }) {
        if (data === "ticks") return only(Source.tick("1 second").map((n) => `tick ${n}`))
        if (data === "pair") return only(Source.tick("300 milliseconds").take(2).map(String).concat(Source.never()))
        if (data === "delay") return webSocket.endpoint(text, Flow.of<string>().delay("2500 milliseconds"))
        if (data === "total") return only(total)
        if (data === "beat") return only(hub.source(), (message) => actor.tell(message as "add"))
        if (data === "changes") return only(cell.changes.map(String))
        if (data === "hub") return only(hub.source())
        if (data === "idle")
          return webSocket.endpoint(text, Flow.of<string>(), { limits: { idleTimeout: "2 seconds" } })
        return webSocket.endpoint(
          text,
          Flow.of<string>().map((message) => String(act(tools.ctx.storage, tools) ?? message)),
        )
      },
    }
  })
  object = new TestObject("SCRIPTED")
})

class Other extends Actor<string> {
  override preStart() {
    started++
  }
  receive() {}
}

const dial = (data: string) => object.dial(`/scripted/:id?data=${encodeURIComponent(JSON.stringify(data))}`)
const inStorage = <T>(f: (storage: DurableObjectStorage) => T | Promise<T>) =>
  object.inside((_, state) => f(state.storage))

const soon = () => Date.now() + 100
const later = () => Date.now() + 3_600_000

const overrules: Record<string, Act> = {
  deleteAll: (storage) => void storage.deleteAll(),
  deleteAlarm: (storage) => void storage.deleteAlarm(),
  "an earlier setAlarm": (storage) => void storage.setAlarm(soon()),
  "a later setAlarm": (storage) => void storage.setAlarm(new Date(later())),
  "a later setAlarm in a transaction": (storage) => void storage.transaction(async (all) => all.setAlarm(later())),
  "deleteAlarm in a transaction": (storage) => void storage.transaction(async (all) => all.deleteAlarm()),
  "a setAlarm that is rolled back": (storage) => {
    try {
      storage.transactionSync(() => {
        storage.setAlarm(later())
        throw new Error("No")
      })
    } catch {}
  },
}

describe("timers go on after the author's (fault 5)", () => {
  it.each(Object.entries(overrules))("%s", async (_, overrule) => {
    act = overrule
    const [ticks, delay, total] = [await dial("ticks"), await dial("delay"), await dial("total")]
    const [beat, idle, actor] = [await dial("beat"), await dial("idle"), await dial("act")]
    delay.send("late")
    beat.send("add")
    await object.arrived()
    await object.inside(({ tools }, { storage }) => overrule(storage, tools))
    await object.pass(1_000)
    expect(await ticks.next(2)).toEqual(["tick 0", "tick 1"])
    expect(await total.next(2)).toEqual(["total 1", "total 2"])
    expect(await beat.next()).toEqual(["beat 1"])
    expect(await actor.send("in a flow").next()).toEqual(["in a flow"])
    await object.pass(1_000)
    expect(await ticks.next()).toEqual(["tick 2"])
    await object.sleep()
    await object.inside(({ tools }, { storage }) => overrule(storage, tools))
    await object.pass(1_000)
    expect(await ticks.next()).toEqual(["tick 3"])
    expect(await total.next(2)).toEqual(["total 3", "total 4"])
    expect(await beat.next(2)).toEqual(["beat 2", "beat 3"])
    expect(await delay.next()).toEqual(["late"])
    expect(await idle.next()).toEqual([closed(1001, "Idle for too long")])
    expect(errors).toEqual([])
  })
})

describe("the author's own alarm (fault 5)", () => {
  it("rings at its time between those of flows, also after an eviction", async () => {
    const begin = Date.now()
    const ticks = await dial("ticks")
    await inStorage((storage) => storage.setAlarm(begin + 1_500))
    for (let n = 0; n < 4; n++) await object.pass(500)
    expect(await ticks.next(3)).toEqual(["tick 0", "tick 1", "tick 2"])
    expect(alarms.map((time) => time - begin)).toEqual([1_000, 1_500, 2_000])
  })

  it("is the only one where flows have no timer, and is over when it has rung", async () => {
    const begin = Date.now()
    await inStorage((storage) => storage.setAlarm(begin + 1_500))
    expect(await object.alarm()).toBe(begin + 1_500)
    await object.pass(1_500)
    expect([alarms, await object.alarm(), await object.rows()]).toEqual([[begin + 1_500], null, []])
  })

  it("set in a transaction rings unless the transaction is rolled back", async () => {
    const begin = Date.now()
    await dial("ticks")
    await inStorage((storage) => storage.transaction(async (all) => all.setAlarm(begin + 1_200)))
    await inStorage((storage) =>
      storage.transaction(async (all) => {
        all.setAlarm(begin + 1_400)
        all.rollback()
      }),
    )
    for (let n = 0; n < 7; n++) await object.pass(200)
    expect(alarms.map((time) => time - begin)).toEqual([1_000, 1_200])
  })

  it("is deleted by deleteAlarm, and the timers of flows are not", async () => {
    const begin = Date.now()
    await dial("ticks")
    await inStorage((storage) => storage.setAlarm(begin + 500))
    await object.sleep()
    await inStorage((storage) => storage.deleteAlarm())
    expect(await object.alarm()).toBe(begin + 1_000)
    expect(await object.rows()).toEqual([])
  })

  it("in the past rings at once", async () => {
    await inStorage((storage) => storage.setAlarm(Date.now() - 1_000))
    await object.pass(1)
    expect(alarms).toHaveLength(1)
    expect(await object.alarm()).toBeNull()
  })

  it("is rung by the runtime itself, though the timer of a flow has woken the object before", async () => {
    vi.useRealTimers()
    const pair = await dial("pair")
    const time = Date.now() + 700
    await inStorage((storage) => storage.setAlarm(time))
    await object.sleep()
    expect(await pair.next(2)).toEqual(["0", "1"])
    await object.sleep()
    while (!alarms.some((rung) => rung >= time)) await new Promise((resolve) => setTimeout(resolve, 20))
    expect([await object.alarm(), await object.rows()]).toEqual([null, []])
  })

  it("is run by runDurableObjectAlarm in tests of an author's, and so are timers", async () => {
    const ticks = await dial("ticks")
    await ticks.next()
    vi.setSystemTime(Date.now() + 1_000)
    expect(await runDurableObjectAlarm(object.stub)).toBe(true)
    expect(await ticks.next()).toEqual(["tick 1"])
  })
})

describe("destroy (fault 5)", () => {
  const destroyed = () => object.inside(({ tools }) => tools.destroy(4000, "The end"))
  const isEmpty = async () => expect([await object.rows(), await object.alarm()]).toEqual([[], null])

  it.each(["in an RPC method", "in a flow", "after an eviction"])("ends all for good: %s", async (where) => {
    act = (_, { destroy }) => void destroy(4000, "The end")
    const lines = [await dial("ticks"), await dial("total"), await dial("beat"), await dial("delay"), await dial("act")]
    const [, , beat, delay, actor] = lines as [Line, Line, Line, Line, Line]
    beat.send("add")
    delay.send("too late")
    await object.arrived()
    await inStorage((storage) => {
      storage.kv.put("mine", 1)
      storage.setAlarm(later())
      cell.set(7)
    })
    if (where === "after an eviction") await object.sleep()
    if (where === "in a flow") actor.send("now")
    else await destroyed()
    for (const line of lines) {
      const frames = await line.next()
      while (typeof frames[0] === "string") frames.splice(0, 1, ...(await line.next()))
      expect(frames).toEqual([closed(4000, "The end")])
    }
    await object.arrived()
    await isEmpty()
    expect(await object.inside(({ tools }) => [tools.connections.size, cell.get()])).toEqual([0, 1])
    expect(started).toBe(0)
    await object.sleep()
    await isEmpty()
    const [ticks, again, idle] = [await dial("ticks"), await dial("beat"), await dial("idle")]
    again.send("add")
    await object.pass(1_000)
    expect(await ticks.next(2)).toEqual(["tick 0", "tick 1"])
    expect(await again.next()).toEqual(["beat 1"])
    await object.pass(1_500)
    expect(await idle.next()).toEqual([closed(1001, "Idle for too long")])
    expect(errors).toEqual([])
  })

  it("is followed by a new object without an eviction, too", async () => {
    const first = await dial("beat")
    first.send("add")
    await object.arrived()
    await destroyed()
    expect(await first.next()).toEqual([closed(4000, "The end")])
    const [second, idle] = [await dial("beat"), await dial("idle")]
    second.send("add")
    await object.pass(1_000)
    expect(await second.next()).toEqual(["beat 1"])
    await object.pass(1_500)
    expect(await second.next()).toEqual(["beat 2"])
    expect(await idle.next()).toEqual([closed(1001, "Idle for too long")])
  })
})

describe("a cell is what is stored (fault 6)", () => {
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

  it.each(Object.entries(rolledBack))("after a rolled-back %s, and watchers are told nothing", async (_, run) => {
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

  it("keeps what an outer transaction has published before an inner one was rolled back", async () => {
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

  it("in a flow that goes on after a rollback", async () => {
    const changes = await dial("changes")
    act = (storage) => {
      try {
        storage.transactionSync(() => {
          cell.set(5)
          fails()
        })
      } catch {}
      return cell.get()
    }
    expect(await (await dial("act")).send("?").next()).toEqual(["1"])
    act = () => cell.set(6)
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
