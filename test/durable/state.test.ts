import { abortAllDurableObjects } from "cloudflare:test"
import { beforeEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { newWorld } from "../support/durable-worker/world.ts"
import { holdTime, TestObject } from "../support/test-object.ts"

let place: TestObject
let world = newWorld()

beforeEach(() => {
  vi.restoreAllMocks()
  holdTime()
  world = newWorld()
  place = new TestObject("BENCH")
})

describe("the timers of a connection, hibernating meanwhile:", () => {
  it("an idle one is closed, counted from its last message", async () => {
    const client = await place.dial("/bench/:id/idle")
    await place.pass(40_000)
    expect(await client.send("here").next()).toEqual(["here"])
    await place.pass(59_999)
    expect(await client.send("here").next()).toEqual(["here"])
    await place.pass(60_000)
    expect(await client.next()).toEqual([closed(1011)])
  })

  it("delayed elements are emitted on time, each once", async () => {
    const client = await place.dial("/bench/:id/delay")
    client.send("a")
    await place.pass(2_000)
    client.send("b")
    await place.pass(3_000)
    expect(await client.next()).toEqual(["a"])
    await place.pass(2_000)
    client.send("c")
    await place.pass(9_000)
    expect(await client.next(2)).toEqual(["b", "c"])
  })

  it("throttled elements wait", async () => {
    const client = await place.dial("/bench/:id/throttle")
    client.send("a", "b", "c")
    await place.pass(1_000)
    expect(await client.next(2)).toEqual(["a", "b"])
    await place.pass(1_000)
    expect(await client.next()).toEqual(["c"])
  })

  it("ticks stay on their grid, and several late ones are one", async () => {
    const client = await place.dial("/bench/:id/tick")
    await place.pass(1_000)
    await place.pass(3_700)
    await place.pass(300)
    expect(await client.next(4)).toEqual(["tick 0", "tick 1", "tick 4", "tick 5"])
  })

  it("timers belong to one connection", async () => {
    const one = await place.dial("/bench/:id/once")
    await place.pass(30_000)
    const other = await place.dial("/bench/:id/once")
    await place.pass(30_000)
    expect(await one.next()).toEqual([closed(1000)])
    expect(await other.send("still").next()).toEqual(["still"])
    await place.pass(30_000)
    expect(await other.next()).toEqual([closed(1000)])
    expect(await place.alarm()).toBeNull()
  })

  it("elements that were taken before a close are not sent after it, though they are due later", async () => {
    const client = await place.dial("/bench/:id/delay")
    client.send("a").close(1000)
    expect(await client.next()).toEqual([closed(1000)])
    await place.pass(5_000)
    expect(await place.alarm()).toBeNull()
  })

  it("a limit continues to count", async () => {
    const client = await place.dial("/bench/:id/limited")
    expect(await client.send("a", "b").next(2)).toEqual(["a", "b"])
    await place.sleep()
    expect(await client.send("c").next()).toEqual([closed(1008, "2 messages a second are allowed")])
  })
})

describe("state that is larger than an attachment", () => {
  const spilled = async () => (await place.rows()).filter((key) => key.startsWith("sluice:spill:")).length

  it("is kept in storage, until its socket closes", async () => {
    const client = await place.dial("/bench/:id/all")
    expect(await client.send("x".repeat(16_000)).next()).toEqual(["16000"])
    expect(await spilled()).toBe(0)
    await place.sleep()
    expect(await client.send("y".repeat(16_000)).next()).toEqual(["32000"])
    expect(await spilled()).toBe(1)
    await place.sleep()
    expect(await client.send("z").next()).toEqual(["32001"])
    await place.sleep()
    client.close(1000)
    await client.next()
    expect(await spilled()).toBe(0)
  })

  it("is kept in storage for a large info, too", async () => {
    const client = await place.dial(`/bench/:id/echo?why=${"because".repeat(1_500)}`, { "X-Kept": "k".repeat(8_000) })
    expect(await spilled()).toBe(1)
    await place.sleep()
    expect(await client.send("a").next()).toEqual(["a"])
  })

  it("is removed without a close event of its socket", async () => {
    const lost = await place.dial("/bench/:id/all")
    await lost.send("x".repeat(20_000)).next()
    await abortAllDurableObjects()
    const client = await place.dial("/bench/:id/all")
    await client.send("x".repeat(20_000)).next()
    expect(await spilled()).toBe(1)
  })
})

describe("mapAsync", () => {
  it("saves the effects of its results", async () => {
    const client = await place.dial("/bench/:id/async")
    expect(await client.next()).toEqual(["0"])
    client.send("a")
    await place.arrived()
    world.gate.resolve()
    expect(await client.next()).toEqual(["1"])
    await place.sleep()
    expect(await client.send("b").next()).toEqual(["2"])
    expect(world.asked).toBe(2)
  })

  it("calls its function again for an interrupted input", async () => {
    const client = await place.dial("/bench/:id/async")
    world.isStuck = true
    client.send("a")
    await place.sleep()
    expect(world.asked).toBe(1)
    world = newWorld()
    world.gate.resolve()
    client.send("b")
    expect(await client.next(3)).toEqual(["0", "1", "2"])
    expect(world.asked).toBe(2)
  })
})
