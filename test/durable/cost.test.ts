import { beforeEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { newWorld } from "../support/durable-worker/bench.ts"
import { CostMeter, holdTime, TestObject } from "../support/test-object.ts"

beforeEach(() => {
  vi.restoreAllMocks()
  holdTime()
  newWorld()
})

describe("idle is free", () => {
  it("a stopped stopwatch with many clients has no alarm, and writes nothing when one of them leaves", async () => {
    const object = new TestObject("STOPWATCH")
    const clients = await Promise.all(Array.from({ length: 100 }, () => object.dial("/stopwatch/:id")))
    await object.sleep()
    const costs = await CostMeter.open(object)
    expect(await object.alarm()).toBeNull()
    expect(await object.rows()).toEqual([])
    clients[0]?.close(1000)
    await clients[0]?.next()
    const { put, delete: deleted, setAlarm, deleteAlarm } = costs.take()
    expect([put, deleted, setAlarm, deleteAlarm]).toEqual([undefined, undefined, undefined, undefined])
  })

  it("a running stopwatch with nobody connected has no alarm, and one row", async () => {
    const object = new TestObject("STOPWATCH")
    const client = await object.dial("/stopwatch/:id")
    client.send("start")
    await client.next()
    await object.sleep()
    client.close(1000)
    await client.next()
    expect(await object.alarm()).toBeNull()
    expect(await object.rows()).toEqual(["sluice:cell:state"])
  })

  it("a stopwatch that is stopped deletes its alarm", async () => {
    const object = new TestObject("STOPWATCH")
    const client = await object.dial("/stopwatch/:id")
    const costs = await CostMeter.open(object)
    client.send("start")
    await object.arrived()
    expect(costs.take()).toEqual({ put: 1, setAlarm: 1 })
    client.send("stop")
    await object.arrived()
    expect(costs.take()).toEqual({ put: 1, deleteAlarm: 1 })
  })
})

describe("a shared graph that ticks", () => {
  it("writes nothing but its alarm: a second of the stopwatch", async () => {
    const object = new TestObject("STOPWATCH")
    const client = await object.dial("/stopwatch/:id")
    client.send("start")
    await object.pass(1_000)
    await object.sleep()
    const costs = await CostMeter.open(object)
    vi.setSystemTime(Date.now() + 1_000)
    await object.ring(Date.now())
    const { setAlarm, put, attach } = costs.take()
    expect({ setAlarm, put, attach }).toEqual({ setAlarm: 1, put: undefined, attach: undefined })
    expect(await client.next(3)).toEqual(["0", "1", "2"])
  })

  it("writes nothing but its alarm: a tick, in memory or not", async () => {
    const object = new TestObject("BENCH")
    const client = await object.dial("/bench/:id/beat")
    expect(await client.next()).toEqual(["0"])
    const costs = await CostMeter.open(object)
    for (const [tick, sleeps] of [false, true, true].entries()) {
      if (sleeps) await object.sleep()
      vi.setSystemTime(Date.now() + 1_000)
      costs.take()
      await object.ring(Date.now())
      const { setAlarm, put } = costs.take()
      expect({ setAlarm, put }).toEqual({ setAlarm: 1, put: undefined })
      expect(await client.next()).toEqual([String(tick + 1)])
    }
  })
})

describe("the alarm of a connection", () => {
  it("is not moved by what moves its timer to later; ringing for nothing it is set again, and no more", async () => {
    const object = new TestObject("BENCH")
    const client = await object.dial("/bench/:id/idle")
    vi.setSystemTime(Date.now() + 30_000)
    const costs = await CostMeter.open(object)
    client.send("still here")
    await client.next()
    expect(costs.take()).toEqual({ attach: 1 })
    vi.setSystemTime(Date.now() + 30_000)
    await object.ring(Date.now())
    expect(costs.take()).toMatchObject({ setAlarm: 1 })
    expect(await object.alarm()).toBe(Date.now() + 30_000)
  })

  it("is deleted with the last timer, though the object has slept", async () => {
    const object = new TestObject("BENCH")
    const client = await object.dial("/bench/:id/idle")
    expect(await object.alarm()).toBe(Date.now() + 60_000)
    await object.sleep()
    client.close(1000)
    await client.next()
    expect(await object.alarm()).toBeNull()
  })

  it("stays for those who are asleep when the last one awake needs it no more", async () => {
    const object = new TestObject("BENCH")
    const [one, other] = await Promise.all([object.dial("/bench/:id/idle"), object.dial("/bench/:id/idle")])
    await object.sleep()
    one.close(1000)
    await one.next()
    await object.pass(60_000)
    expect(await other.next()).toEqual([closed(1011)])
  })
})

describe("an attachment", () => {
  it("is not written by a flow without state", async () => {
    const object = new TestObject("BENCH")
    const client = await object.dial("/bench/:id/echo")
    const costs = await CostMeter.open(object)
    for (const text of ["a", "b", "c"]) expect(await client.send(text).next()).toEqual([text])
    expect(costs.take()).toEqual({})
    await object.sleep()
    expect(await client.send("d").next()).toEqual(["d"])
    expect(costs.take()).toEqual({ read: 1 })
  })

  it("is written once for each event of a flow with state", async () => {
    const object = new TestObject("BENCH")
    const client = await object.dial("/bench/:id/even")
    await client.next()
    const costs = await CostMeter.open(object)
    for (const [index, text] of ["1", "3"].entries()) {
      expect(await client.send(text).next()).toEqual([String(index + 1)])
      expect(costs.take()).toEqual({ attach: 1 })
    }
  })
})
