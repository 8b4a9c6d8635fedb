import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { Line } from "../support/dial.ts"
import { newWorld } from "../support/durable-worker/world.ts"
import { CostMeter, TestObject } from "../support/test-object.ts"

afterEach(() => {
  vi.restoreAllMocks()
})

const crowd = (place: TestObject, count: number, path: string): Promise<Line[]> =>
  Promise.all(Array.from({ length: count }, () => place.dial(path)))

describe("waking up", () => {
  it.each([1, 50, 400])("makes the first event cost the same with %i sockets", async (sockets) => {
    const place = new TestObject("BENCH")
    const lines = await crowd(place, sockets, "/bench/:id/even")
    await Promise.all(lines.map((line) => line.next()))
    await place.sleep()
    const bill = await CostMeter.open(place)
    const world = newWorld()
    expect(await lines[Math.floor(sockets / 2)]?.send("1").next()).toEqual(["1"])
    expect(world).toMatchObject({ constructed: 0, built: 1 })
    expect(bill.take()).toEqual({ read: 1, attach: 1 })
  })
})

describe("a flow", () => {
  it.each(["text.v1", "sluice.batch"])("makes its first state once for each time it is built: %s", async (protocol) => {
    const place = new TestObject("BENCH")
    // The class makes a flow when it is first constructed.
    await place.dial("/bench/:id/echo")
    const world = newWorld()
    const client = await place.dial("/bench/:id/begun", { "Sec-WebSocket-Protocol": protocol })
    expect(world).toMatchObject({ built: 1, begun: 1 })
    await place.sleep()
    await client.send("again").next()
    expect(world).toMatchObject({ built: 2, begun: 2 })
  })
})

describe("a broadcast", () => {
  beforeEach(() => {
    newWorld()
  })

  it("reaches hibernating sockets without restoring their flows, with one frame for all", async () => {
    const place = new TestObject("BENCH")
    const speaker = await place.dial("/bench/:id/publish")
    const lines = await crowd(place, 50, "/bench/:id/news")
    await place.sleep()
    const world = newWorld()
    speaker.send("hello")
    for (const line of lines) expect(await line.next()).toEqual(["hello"])
    expect(world).toMatchObject({ built: 1, encoded: 1 })
  })

  it("has one frame for awake and hibernating sockets", async () => {
    const place = new TestObject("BENCH")
    const speaker = await place.dial("/bench/:id/publish")
    const sleepers = await crowd(place, 3, "/bench/:id/news")
    await place.sleep()
    const all = [...sleepers, ...(await crowd(place, 3, "/bench/:id/news"))]
    const world = newWorld()
    speaker.send("hello")
    for (const line of all) expect(await line.next()).toEqual(["hello"])
    expect(world.encoded).toBe(1)
  })

  it("rebuilds the flows whose stages change it", async () => {
    const place = new TestObject("BENCH")
    const speaker = await place.dial("/bench/:id/publish")
    const slow = await place.dial("/bench/:id/slow")
    await crowd(place, 3, "/bench/:id/echo")
    await place.sleep()
    const world = newWorld()
    speaker.send("hello")
    expect(await slow.next()).toEqual(["hello"])
    expect(world.built).toBe(2)
  })
})
