import { runDurableObjectAlarm } from "cloudflare:test"
import { beforeEach, describe, expect, it, vi } from "vitest"
import {
  type Act,
  alarms,
  dial,
  errors,
  inStorage,
  later,
  newAuthorObject,
  object,
  setAct,
} from "../support/author-object.ts"
import { closed } from "../support/client.ts"

beforeEach(newAuthorObject)

const soon = () => Date.now() + 100

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

describe("timers continue after the author's (fault 5)", () => {
  it.each(Object.entries(overrules))("%s", async (_, overrule) => {
    setAct(overrule)
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
  it("fires at its time between those of flows, also after an eviction", async () => {
    const begin = Date.now()
    const ticks = await dial("ticks")
    await inStorage((storage) => storage.setAlarm(begin + 1_500))
    for (let n = 0; n < 4; n++) await object.pass(500)
    expect(await ticks.next(3)).toEqual(["tick 0", "tick 1", "tick 2"])
    expect(alarms.map((time) => time - begin)).toEqual([1_000, 1_500, 2_000])
  })

  it("is the only one if flows have no timer, and is deleted when it has fired", async () => {
    const begin = Date.now()
    await inStorage((storage) => storage.setAlarm(begin + 1_500))
    expect(await object.alarm()).toBe(begin + 1_500)
    await object.pass(1_500)
    expect([alarms, await object.alarm(), await object.rows()]).toEqual([[begin + 1_500], null, []])
  })

  it("set in a transaction fires unless the transaction is rolled back", async () => {
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

  it("in the past fires at once", async () => {
    await inStorage((storage) => storage.setAlarm(Date.now() - 1_000))
    await object.pass(1)
    expect(alarms).toHaveLength(1)
    expect(await object.alarm()).toBeNull()
  })

  it("is fired by the runtime itself, although the timer of a flow has woken the object before", async () => {
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
