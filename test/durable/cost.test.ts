import { beforeEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { newWorld } from "../support/durable-worker/world.ts"
import { CostMeter, holdTime, TestObject } from "../support/test-object.ts"

beforeEach(() => {
  vi.restoreAllMocks()
  holdTime()
  newWorld()
})

describe("an idle object costs nothing:", () => {
  it("a stopped stopwatch with many clients has no alarm, and writes nothing when one of them closes", async () => {
    const place = new TestObject("STOPWATCH")
    const clients = await Promise.all(Array.from({ length: 100 }, () => place.dial("/stopwatch/:id")))
    await place.sleep()
    const bill = await CostMeter.open(place)
    expect(await place.alarm()).toBeNull()
    expect(await place.rows()).toEqual([])
    clients[0]?.close(1000)
    await clients[0]?.next()
    const { put, delete: deleted, setAlarm, deleteAlarm } = bill.take()
    expect([put, deleted, setAlarm, deleteAlarm]).toEqual([undefined, undefined, undefined, undefined])
  })

  it("a running stopwatch without connections has no alarm, and one row", async () => {
    const place = new TestObject("STOPWATCH")
    const client = await place.dial("/stopwatch/:id")
    client.send("start")
    await client.next()
    await place.sleep()
    client.close(1000)
    await client.next()
    expect(await place.alarm()).toBeNull()
    expect(await place.rows()).toEqual(["sluice:cell:state"])
  })

  it("a stopwatch that is stopped deletes its alarm", async () => {
    const place = new TestObject("STOPWATCH")
    const client = await place.dial("/stopwatch/:id")
    const bill = await CostMeter.open(place)
    client.send("start")
    await place.arrived()
    expect(bill.take()).toEqual({ put: 1, setAlarm: 1 })
    client.send("stop")
    await place.arrived()
    expect(bill.take()).toEqual({ put: 1, deleteAlarm: 1 })
  })
})

describe("a shared graph that ticks", () => {
  it("writes nothing but its alarm: a second of the stopwatch", async () => {
    const place = new TestObject("STOPWATCH")
    const client = await place.dial("/stopwatch/:id")
    client.send("start")
    await place.pass(1_000)
    await place.sleep()
    const bill = await CostMeter.open(place)
    vi.setSystemTime(Date.now() + 1_000)
    await place.ring(Date.now())
    const { setAlarm, put, attach } = bill.take()
    expect({ setAlarm, put, attach }).toEqual({ setAlarm: 1, put: undefined, attach: undefined })
    expect(await client.next(3)).toEqual(["0", "1", "2"])
  })

  it("writes nothing but its alarm: a tick, in memory or not", async () => {
    const place = new TestObject("BENCH")
    const client = await place.dial("/bench/:id/beat")
    expect(await client.next()).toEqual(["0"])
    const bill = await CostMeter.open(place)
    for (const [tick, sleeps] of [false, true, true].entries()) {
      if (sleeps) await place.sleep()
      vi.setSystemTime(Date.now() + 1_000)
      bill.take()
      await place.ring(Date.now())
      const { setAlarm, put } = bill.take()
      expect({ setAlarm, put }).toEqual({ setAlarm: 1, put: undefined })
      expect(await client.next()).toEqual([String(tick + 1)])
    }
  })
})

describe("the alarm of a connection", () => {
  it("is not moved when its timer is moved to later; when it fires early, it is set again once", async () => {
    const place = new TestObject("BENCH")
    const client = await place.dial("/bench/:id/idle")
    vi.setSystemTime(Date.now() + 30_000)
    const bill = await CostMeter.open(place)
    client.send("still here")
    await client.next()
    expect(bill.take()).toEqual({ attach: 1 })
    vi.setSystemTime(Date.now() + 30_000)
    await place.ring(Date.now())
    expect(bill.take()).toMatchObject({ setAlarm: 1 })
    expect(await place.alarm()).toBe(Date.now() + 30_000)
  })

  it("is deleted with the last timer, although the object has hibernated", async () => {
    const place = new TestObject("BENCH")
    const client = await place.dial("/bench/:id/idle")
    expect(await place.alarm()).toBe(Date.now() + 60_000)
    await place.sleep()
    client.close(1000)
    await client.next()
    expect(await place.alarm()).toBeNull()
  })

  it("stays for hibernating connections when the last awake one does not need it", async () => {
    const place = new TestObject("BENCH")
    const [one, other] = await Promise.all([place.dial("/bench/:id/idle"), place.dial("/bench/:id/idle")])
    await place.sleep()
    one.close(1000)
    await one.next()
    await place.pass(60_000)
    expect(await other.next()).toEqual([closed(1011)])
  })
})

describe("an attachment", () => {
  it("is not written by a flow without state", async () => {
    const place = new TestObject("BENCH")
    const client = await place.dial("/bench/:id/echo")
    const bill = await CostMeter.open(place)
    for (const text of ["a", "b", "c"]) expect(await client.send(text).next()).toEqual([text])
    expect(bill.take()).toEqual({})
    await place.sleep()
    expect(await client.send("d").next()).toEqual(["d"])
    expect(bill.take()).toEqual({ read: 1 })
  })

  it("is written once for each event of a flow with state", async () => {
    const place = new TestObject("BENCH")
    const client = await place.dial("/bench/:id/even")
    await client.next()
    const bill = await CostMeter.open(place)
    for (const [index, text] of ["1", "3"].entries()) {
      expect(await client.send(text).next()).toEqual([String(index + 1)])
      expect(bill.take()).toEqual({ attach: 1 })
    }
  })
})
