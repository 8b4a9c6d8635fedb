import { beforeEach, describe, expect, it, vi } from "vitest"
import type { Line } from "../support/dial.ts"
import { CostMeter, holdTime, TestObject } from "../support/test-object.ts"

let object: TestObject

beforeEach(() => {
  vi.restoreAllMocks()
  holdTime()
  object = new TestObject("ACTOR_BENCH")
})

const talk = () => object.dial("/actors/:id/talk/counter")

/** Sends the actor a message while the object hibernates, and waits for the answer. */
async function say(client: Line, message: string, count = 1) {
  await object.sleep()
  return client.send(message).next(count)
}

describe("the timers of an object's actor, hibernating meanwhile", () => {
  it("fire on the one alarm of the object", async () => {
    const client = await talk()
    await client.send("once").next()
    const alarm = Date.now() + 1_000
    expect(await object.alarm()).toBe(alarm)
    await object.pass(400)
    expect(await say(client, "add")).toEqual(["count 1"])
    expect(await object.alarm()).toBe(alarm)
    await object.pass(600)
    expect(await client.next()).toEqual(["rung"])
    expect(await object.alarm()).toBeNull()
  })

  it("stay on their grid, and several late ones fire once", async () => {
    const client = await talk()
    await client.send("beat").next()
    await object.pass(1_000)
    await object.pass(3_700)
    expect(await client.next(2)).toEqual(["beaten", "beaten"])
    expect(await object.alarm()).toBe(Date.now() + 300)
    await object.pass(300)
    expect(await client.next()).toEqual(["beaten"])
    expect(await say(client, "show")).toEqual(["count 0"])
  })

  it.each([false, true])("write no row when they fire at a fixed rate, hibernating: %s", async (asleep) => {
    const client = await talk()
    await client.send("beat").next()
    const costs = await CostMeter.open(object)
    for (const _ of [1, 2, 3]) {
      if (asleep) await object.sleep()
      vi.setSystemTime(Date.now() + 1_000)
      costs.take()
      await object.ring(Date.now())
      const { put, setAlarm } = costs.take()
      expect({ put, setAlarm }).toEqual({ put: undefined, setAlarm: 1 })
    }
    expect(await client.next(3)).toEqual(["beaten", "beaten", "beaten"])
  })

  it.each([
    { timer: "beat", news: "beaten" },
    { timer: "once", news: "rung" },
  ])("fire once, although the runtime retries the alarm: $timer", async ({ timer, news }) => {
    const client = await talk()
    await client.send(timer).next()
    await object.pass(1_000)
    const alarm = Date.now()
    await object.ring(alarm, true)
    await object.sleep()
    vi.setSystemTime(Date.now() + 10)
    await object.ring(alarm, true)
    expect(await client.next()).toEqual([news])
    expect(await say(client, "show")).toEqual(["count 0"])
  })

  it("are cancelled with their actor, and no alarm is left", async () => {
    const client = await talk()
    await client.send("beat", "once").next()
    expect(await say(client, "quiet", 0)).toEqual([])
    await object.arrived()
    expect(await object.alarm()).toBeNull()
    await say(client, "beat", 0)
    expect(await say(client, "stop")).toEqual(["stopped"])
    expect(await object.alarm()).toBeNull()
  })

  it("fire without connections", async () => {
    const client = await talk()
    await client.send("once").next()
    client.close(1000)
    await client.next()
    await object.pass(1_000)
    const late = await talk()
    expect(await object.alarm()).toBeNull()
    expect(await say(late, "show")).toEqual(["count 0"])
  })
})
