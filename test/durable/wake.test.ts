import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { Line } from "../support/dial.ts"
import { newWorld } from "../support/durable-worker/bench.ts"
import { CostMeter, TestObject } from "../support/test-object.ts"

afterEach(() => {
  vi.restoreAllMocks()
})

const crowd = (object: TestObject, count: number, path: string): Promise<Line[]> =>
  Promise.all(Array.from({ length: count }, () => object.dial(path)))

describe("waking up", () => {
  it.each([1, 50, 400])("costs one event the same with %i sockets", async (sockets) => {
    const object = new TestObject("BENCH")
    const lines = await crowd(object, sockets, "/bench/:id/even")
    await Promise.all(lines.map((line) => line.next()))
    await object.sleep()
    const costs = await CostMeter.open(object)
    const world = newWorld()
    expect(await lines[Math.floor(sockets / 2)]?.send("1").next()).toEqual(["1"])
    expect(world).toMatchObject({ constructed: 0, built: 1 })
    expect(costs.take()).toEqual({ read: 1, attach: 1 })
  })
})

describe("a flow", () => {
  it.each(["text.v1", "sluice.batch"])("makes its first state once for each time it is built: %s", async (protocol) => {
    const object = new TestObject("BENCH")
    // The class is asked for a flow when it is first constructed.
    await object.dial("/bench/:id/echo")
    const world = newWorld()
    const client = await object.dial("/bench/:id/begun", { "Sec-WebSocket-Protocol": protocol })
    expect(world).toMatchObject({ built: 1, begun: 1 })
    await object.sleep()
    await client.send("again").next()
    expect(world).toMatchObject({ built: 2, begun: 2 })
  })
})

describe("a broadcast", () => {
  beforeEach(() => {
    newWorld()
  })

  it("reaches sockets whose flow is not rebuilt, with one frame for all", async () => {
    const object = new TestObject("BENCH")
    const speaker = await object.dial("/bench/:id/publish")
    const lines = await crowd(object, 50, "/bench/:id/news")
    await object.sleep()
    const world = newWorld()
    speaker.send("hello")
    for (const line of lines) expect(await line.next()).toEqual(["hello"])
    expect(world).toMatchObject({ built: 1, encoded: 1 })
  })

  it("has one frame for those who are awake and those who are asleep", async () => {
    const object = new TestObject("BENCH")
    const speaker = await object.dial("/bench/:id/publish")
    const sleepers = await crowd(object, 3, "/bench/:id/news")
    await object.sleep()
    const all = [...sleepers, ...(await crowd(object, 3, "/bench/:id/news"))]
    const world = newWorld()
    speaker.send("hello")
    for (const line of all) expect(await line.next()).toEqual(["hello"])
    expect(world.encoded).toBe(1)
  })

  it("rebuilds the flows that do something with it", async () => {
    const object = new TestObject("BENCH")
    const speaker = await object.dial("/bench/:id/publish")
    const slow = await object.dial("/bench/:id/slow")
    await crowd(object, 3, "/bench/:id/echo")
    await object.sleep()
    const world = newWorld()
    speaker.send("hello")
    expect(await slow.next()).toEqual(["hello"])
    expect(world.built).toBe(2)
  })
})
