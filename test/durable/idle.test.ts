import { beforeEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { newWorld } from "../support/durable-worker/bench.ts"
import { CostMeter, holdTime, TestObject } from "../support/test-object.ts"

const minute = 60_000
const idleFor = closed(1001, "Idle for too long")
const path = `/bench/:id/guarded?idleTimeout=${minute}`
/** Long enough for whoever was silent since the beginning. */
const long = 1.25 * minute

let object: TestObject
let world = newWorld()

beforeEach(() => {
  vi.restoreAllMocks()
  holdTime()
  world = newWorld()
  object = new TestObject("BENCH")
})

describe("a client that is silent for too long", () => {
  it("is closed with 1001, and its flow sees the end of its input", async () => {
    const client = await object.dial(path)
    await object.pass(long)
    expect(await client.next()).toEqual([idleFor])
    expect(world.ended).toBe(1)
  })

  it("is closed although it has sent something before", async () => {
    const client = await object.dial(path)
    expect(await client.send("a").next()).toEqual(["a"])
    await object.pass(long)
    expect(await client.next()).toEqual([idleFor])
  })

  it("is closed although its object is in memory", async () => {
    const client = await object.dial(path)
    vi.setSystemTime(Date.now() + long)
    await object.ring(Date.now())
    expect(await client.next()).toEqual([idleFor])
    expect(world.built).toBe(1)
  })

  it("is closed although its object was evicted several times", async () => {
    const client = await object.dial(path)
    for (let n = 0; n < 3; n++) await object.sleep()
    await object.pass(long)
    expect(await client.next()).toEqual([idleFor])
  })

  it("is not closed before its time, and not by what happens to others", async () => {
    const [silent, other] = [await object.dial(path), await object.dial(path)]
    await object.pass(minute - 1)
    await object.ring(Date.now())
    expect(await other.send("a").next()).toEqual(["a"])
    expect(await silent.send("b").next()).toEqual(["b"])
  })

  it("is no reason to close those who are not, or who may be silent for longer, or for ever", async () => {
    const silent = await object.dial(path)
    const busy = await object.dial(path)
    const patient = await object.dial(`/bench/:id/guarded?idleTimeout=${10 * minute}`)
    const eternal = await object.dial("/bench/:id/guarded")
    await object.pass(minute / 2)
    expect(await busy.send("here").next()).toEqual(["here"])
    await object.pass(long - minute / 2)
    expect(await silent.next()).toEqual([idleFor])
    for (const client of [busy, patient, eternal])
      expect(await client.send("still here").next()).toEqual(["still here"])
    await object.pass(long)
    expect(await busy.next()).toEqual([idleFor])
    for (const client of [patient, eternal]) expect(await client.send("still here").next()).toEqual(["still here"])
  })
})

describe("a client that is not silent", () => {
  it("stays, for as long as its messages come in time", async () => {
    const client = await object.dial(path)
    for (let n = 0; n < 10; n++) {
      await object.pass(0.9 * minute)
      expect(await client.send(`${n}`).next()).toEqual([`${n}`])
    }
    await object.pass(long)
    expect(await client.next()).toEqual([idleFor])
  })

  it("stays, though nothing but keep-alive texts come, which wake nobody", async () => {
    // The runtime goes by its own time when it answers: it does so when an hour is over here.
    const hour = 60 * minute
    vi.useRealTimers()
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - hour })
    const client = await object.dial(`/bench/:id/guarded?ping=hey&idleTimeout=${hour}`)
    await object.sleep()
    expect(await client.send("hey").next()).toEqual(["hey!"])
    const { built } = world
    await object.pass(1.25 * hour)
    expect(world.built).toBe(built)
    await object.pass(0.5 * hour)
    expect(await client.send("still here").next()).toEqual(["still here"])
    await object.pass(1.25 * hour)
    expect(await client.next()).toEqual([idleFor])
    expect(world.seen).toEqual(["still here"])
  })
})

describe("the sweep", () => {
  it("takes one alarm, however many are connected", async () => {
    const costs = await CostMeter.open(object)
    const clients = await Promise.all(Array.from({ length: 20 }, () => object.dial(path)))
    expect(costs.take().setAlarm).toBe(1)
    await Promise.all(clients.map((client) => client.send("a").next()))
    await object.arrived()
    expect(costs.take()).toEqual({})
    vi.setSystemTime(Date.now() + minute / 2)
    await Promise.all(clients.map((client) => client.send("b").next()))
    await object.arrived()
    expect(costs.take()).toEqual({ attach: 20 })
    await object.sleep()
    costs.take()
    vi.setSystemTime(Date.now() + long - minute / 2)
    await object.ring(Date.now())
    expect(costs.take()).toMatchObject({ setAlarm: 1 })
    for (const client of clients) client.close(1000)
  })

  it("rebuilds no flow where nobody is idle", async () => {
    const clients = await Promise.all(Array.from({ length: 5 }, () => object.dial(path)))
    await object.pass(minute / 2)
    await Promise.all(clients.map((client) => client.send("a").next()))
    const { built } = world
    await object.pass(long - minute / 2)
    expect(world.built).toBe(built)
    expect(await object.alarm()).toBeGreaterThan(Date.now())
    await object.pass(minute)
    for (const client of clients) expect(await client.next()).toEqual([idleFor])
  })

  it("writes nothing for a message that follows soon on another", async () => {
    const client = await object.dial(path)
    const costs = await CostMeter.open(object)
    for (let n = 0; n < 50; n++) {
      vi.setSystemTime(Date.now() + minute / 160)
      await client.send("a").next()
    }
    await object.arrived()
    const { attach, setAlarm, put } = costs.take()
    expect(attach).toBeGreaterThan(0)
    expect(attach).toBeLessThanOrEqual(5)
    expect([setAlarm, put]).toEqual([undefined, undefined])
  })

  it("has no alarm where nobody is connected any more", async () => {
    const [one, other] = [await object.dial(path), await object.dial(path)]
    await object.sleep()
    one.close(1000)
    await one.next()
    expect(await object.alarm()).not.toBeNull()
    other.close(1000)
    await other.next()
    expect(await object.alarm()).toBeNull()
  })

  it("has no alarm when it has closed everybody", async () => {
    const clients = await Promise.all(Array.from({ length: 3 }, () => object.dial(path)))
    await object.pass(long)
    for (const client of clients) expect(await client.next()).toEqual([idleFor])
    expect(await object.alarm()).toBeNull()
    expect(await object.rows()).toEqual([])
  })

  it("has no alarm where everybody may be silent for ever", async () => {
    await object.dial("/bench/:id/guarded")
    await object.sleep()
    expect(await object.alarm()).toBeNull()
  })

  it("is not the alarm of a flow, which rings all the same", async () => {
    const ticking = await object.dial("/bench/:id/tick")
    const silent = await object.dial(path)
    expect(await ticking.next()).toEqual(["tick 0"])
    await object.pass(1_000)
    expect(await ticking.next()).toEqual(["tick 1"])
    await object.pass(long)
    expect(await silent.next()).toEqual([idleFor])
  })
})
