import { beforeEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { newWorld } from "../support/durable-worker/world.ts"
import { CostMeter, holdTime, TestObject } from "../support/test-object.ts"

const minute = 60_000
const idleFor = closed(1001, "Idle for too long")
const path = `/bench/:id/guarded?idleTimeout=${minute}`
/** Longer than the timeout of a client that was silent since the beginning. */
const long = 1.25 * minute

let place: TestObject
let world = newWorld()

beforeEach(() => {
  vi.restoreAllMocks()
  holdTime()
  world = newWorld()
  place = new TestObject("BENCH")
})

describe("a client that exceeds its idle timeout", () => {
  it("is closed with 1001, and its flow sees the end of its input", async () => {
    const client = await place.dial(path)
    await place.pass(long)
    expect(await client.next()).toEqual([idleFor])
    expect(world.ended).toBe(1)
  })

  it("is closed although it has sent something before", async () => {
    const client = await place.dial(path)
    expect(await client.send("a").next()).toEqual(["a"])
    await place.pass(long)
    expect(await client.next()).toEqual([idleFor])
  })

  it("is closed although its object is in memory", async () => {
    const client = await place.dial(path)
    vi.setSystemTime(Date.now() + long)
    await place.ring(Date.now())
    expect(await client.next()).toEqual([idleFor])
    expect(world.built).toBe(1)
  })

  it("is closed although its object was evicted several times", async () => {
    const client = await place.dial(path)
    for (let n = 0; n < 3; n++) await place.sleep()
    await place.pass(long)
    expect(await client.next()).toEqual([idleFor])
  })

  it("is not closed before its time, nor by events of others", async () => {
    const [silent, other] = [await place.dial(path), await place.dial(path)]
    await place.pass(minute - 1)
    await place.ring(Date.now())
    expect(await other.send("a").next()).toEqual(["a"])
    expect(await silent.send("b").next()).toEqual(["b"])
  })

  it("closes no active connection, and none with a longer timeout or without one", async () => {
    const silent = await place.dial(path)
    const busy = await place.dial(path)
    const patient = await place.dial(`/bench/:id/guarded?idleTimeout=${10 * minute}`)
    const eternal = await place.dial("/bench/:id/guarded")
    await place.pass(minute / 2)
    expect(await busy.send("here").next()).toEqual(["here"])
    await place.pass(long - minute / 2)
    expect(await silent.next()).toEqual([idleFor])
    for (const client of [busy, patient, eternal])
      expect(await client.send("still here").next()).toEqual(["still here"])
    await place.pass(long)
    expect(await busy.next()).toEqual([idleFor])
    for (const client of [patient, eternal]) expect(await client.send("still here").next()).toEqual(["still here"])
  })
})

describe("a client within its idle timeout", () => {
  it("stays open while its messages come in time", async () => {
    const client = await place.dial(path)
    for (let n = 0; n < 10; n++) {
      await place.pass(0.9 * minute)
      expect(await client.send(`${n}`).next()).toEqual([`${n}`])
    }
    await place.pass(long)
    expect(await client.next()).toEqual([idleFor])
  })

  it("stays open with keep-alive texts only, which wake no object", async () => {
    // The runtime dates its answers by its own time, which is an hour ahead here.
    const hour = 60 * minute
    vi.useRealTimers()
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - hour })
    const client = await place.dial(`/bench/:id/guarded?ping=hey&idleTimeout=${hour}`)
    await place.sleep()
    expect(await client.send("hey").next()).toEqual(["hey!"])
    const { built } = world
    await place.pass(1.25 * hour)
    expect(world.built).toBe(built)
    await place.pass(0.5 * hour)
    expect(await client.send("still here").next()).toEqual(["still here"])
    await place.pass(1.25 * hour)
    expect(await client.next()).toEqual([idleFor])
    expect(world.seen).toEqual(["still here"])
  })
})

describe("the sweep", () => {
  it("takes one alarm for any number of connections", async () => {
    const bill = await CostMeter.open(place)
    const clients = await Promise.all(Array.from({ length: 20 }, () => place.dial(path)))
    expect(bill.take().setAlarm).toBe(1)
    await Promise.all(clients.map((client) => client.send("a").next()))
    await place.arrived()
    expect(bill.take()).toEqual({})
    vi.setSystemTime(Date.now() + minute / 2)
    await Promise.all(clients.map((client) => client.send("b").next()))
    await place.arrived()
    expect(bill.take()).toEqual({ attach: 20 })
    await place.sleep()
    bill.take()
    vi.setSystemTime(Date.now() + long - minute / 2)
    await place.ring(Date.now())
    expect(bill.take()).toMatchObject({ setAlarm: 1 })
    for (const client of clients) client.close(1000)
  })

  it("restores no flow of an active connection", async () => {
    const clients = await Promise.all(Array.from({ length: 5 }, () => place.dial(path)))
    await place.pass(minute / 2)
    await Promise.all(clients.map((client) => client.send("a").next()))
    const { built } = world
    await place.pass(long - minute / 2)
    expect(world.built).toBe(built)
    expect(await place.alarm()).toBeGreaterThan(Date.now())
    await place.pass(minute)
    for (const client of clients) expect(await client.next()).toEqual([idleFor])
  })

  it("writes nothing for a message that follows another soon", async () => {
    const client = await place.dial(path)
    const bill = await CostMeter.open(place)
    for (let n = 0; n < 50; n++) {
      vi.setSystemTime(Date.now() + minute / 160)
      await client.send("a").next()
    }
    await place.arrived()
    const { attach, setAlarm, put } = bill.take()
    expect(attach).toBeGreaterThan(0)
    expect(attach).toBeLessThanOrEqual(5)
    expect([setAlarm, put]).toEqual([undefined, undefined])
  })

  it("has no alarm without connections", async () => {
    const [one, other] = [await place.dial(path), await place.dial(path)]
    await place.sleep()
    one.close(1000)
    await one.next()
    expect(await place.alarm()).not.toBeNull()
    other.close(1000)
    await other.next()
    expect(await place.alarm()).toBeNull()
  })

  it("has no alarm after closing all connections", async () => {
    const clients = await Promise.all(Array.from({ length: 3 }, () => place.dial(path)))
    await place.pass(long)
    for (const client of clients) expect(await client.next()).toEqual([idleFor])
    expect(await place.alarm()).toBeNull()
    expect(await place.rows()).toEqual([])
  })

  it("has no alarm without idle timeouts", async () => {
    await place.dial("/bench/:id/guarded")
    await place.sleep()
    expect(await place.alarm()).toBeNull()
  })

  it("is not the alarm of a flow, which fires all the same", async () => {
    const ticking = await place.dial("/bench/:id/tick")
    const silent = await place.dial(path)
    expect(await ticking.next()).toEqual(["tick 0"])
    await place.pass(1_000)
    expect(await ticking.next()).toEqual(["tick 1"])
    await place.pass(long)
    expect(await silent.next()).toEqual([idleFor])
  })
})
