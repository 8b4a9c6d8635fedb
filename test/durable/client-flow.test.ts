import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { newWorld } from "../support/durable-worker/world.ts"
import { holdTime, TestObject } from "../support/test-object.ts"

beforeEach(holdTime)
afterEach(() => vi.useRealTimers())

describe("an outgoing socket of an object", () => {
  it("carries messages both ways, and keeps the object awake until it is closed", async () => {
    newWorld()
    const object = new TestObject("BENCH")
    const client = await object.dial("/bench/:id/bridge")
    expect(await client.next()).toEqual(["hello"])
    let isAsleep = false
    const asleep = object.sleep().then(() => {
      isAsleep = true
    })
    expect(await client.send("one").next()).toEqual(["one"])
    expect(await client.send("two").next()).toEqual(["two"])
    expect(isAsleep).toBe(false)
    expect(await client.send("bye").next()).toEqual([closed(4000, "bye")])
    await asleep
  })

  it("is opened by the alarm if the object is evicted while it waits to connect again", async () => {
    const world = newWorld()
    world.refusals = 1
    const object = new TestObject("BENCH")
    const client = await object.dial("/bench/:id/bridge")
    await object.arrived()
    expect(world.refusals).toBe(0)
    await object.pass(59_000)
    expect(await object.alarm()).not.toBe(null)
    await object.pass(1_000)
    expect(await client.next()).toEqual(["hello"])
    expect(await client.send("one").next()).toEqual(["one"])
    expect(world.constructed).toBeGreaterThan(1)
  })
})
