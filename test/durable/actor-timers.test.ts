import { beforeEach, describe, expect, it, vi } from "vitest"
import type { Line } from "../support/dial.ts"
import { Bill, holdTime, Place } from "../support/durable.ts"

let place: Place

beforeEach(() => {
  vi.restoreAllMocks()
  holdTime()
  place = new Place("ACTOR_BENCH")
})

const talk = () => place.dial("/actors/:id/talk/counter")

/** Sends the actor a message while the object hibernates, and waits for the answer. */
async function say(client: Line, message: string, count = 1) {
  await place.sleep()
  return client.send(message).next(count)
}

describe("the timers of an object's actor, asleep meanwhile", () => {
  it("ring on the one alarm of the object", async () => {
    const client = await talk()
    await client.send("once").next()
    const alarm = Date.now() + 1_000
    expect(await place.alarm()).toBe(alarm)
    await place.pass(400)
    expect(await say(client, "add")).toEqual(["count 1"])
    expect(await place.alarm()).toBe(alarm)
    await place.pass(600)
    expect(await client.next()).toEqual(["rung"])
    expect(await place.alarm()).toBeNull()
  })

  it("stay on their grid, and late ones are one", async () => {
    const client = await talk()
    await client.send("beat").next()
    await place.pass(1_000)
    await place.pass(3_700)
    expect(await client.next(2)).toEqual(["beaten", "beaten"])
    expect(await place.alarm()).toBe(Date.now() + 300)
    await place.pass(300)
    expect(await client.next()).toEqual(["beaten"])
    expect(await say(client, "show")).toEqual(["count 0"])
  })

  it.each([false, true])("write no row when they ring at a fixed rate, asleep: %s", async (asleep) => {
    const client = await talk()
    await client.send("beat").next()
    const bill = await Bill.open(place)
    for (const _ of [1, 2, 3]) {
      if (asleep) await place.sleep()
      vi.setSystemTime(Date.now() + 1_000)
      bill.take()
      await place.ring(Date.now())
      const { put, setAlarm } = bill.take()
      expect({ put, setAlarm }).toEqual({ put: undefined, setAlarm: 1 })
    }
    expect(await client.next(3)).toEqual(["beaten", "beaten", "beaten"])
  })

  it.each([
    { timer: "beat", news: "beaten" },
    { timer: "once", news: "rung" },
  ])("ring once, though the runtime retries the alarm: $timer", async ({ timer, news }) => {
    const client = await talk()
    await client.send(timer).next()
    await place.pass(1_000)
    const alarm = Date.now()
    await place.ring(alarm, true)
    await place.sleep()
    vi.setSystemTime(Date.now() + 10)
    await place.ring(alarm, true)
    expect(await client.next()).toEqual([news])
    expect(await say(client, "show")).toEqual(["count 0"])
  })

  it("are cancelled with their actor, and no alarm is left", async () => {
    const client = await talk()
    await client.send("beat", "once").next()
    expect(await say(client, "quiet", 0)).toEqual([])
    await place.arrived()
    expect(await place.alarm()).toBeNull()
    await say(client, "beat", 0)
    expect(await say(client, "stop")).toEqual(["stopped"])
    expect(await place.alarm()).toBeNull()
  })

  it("fire without connections", async () => {
    const client = await talk()
    await client.send("once").next()
    client.close(1000)
    await client.next()
    await place.pass(1_000)
    const late = await talk()
    expect(await place.alarm()).toBeNull()
    expect(await say(late, "show")).toEqual(["count 0"])
  })
})
