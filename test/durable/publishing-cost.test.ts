import { beforeEach, describe, expect, it, vi } from "vitest"
import { newWorld } from "../support/durable-worker/world.ts"
import { CostMeter, holdTime, TestObject } from "../support/test-object.ts"

let object: TestObject
let world = newWorld()

beforeEach(() => {
  vi.restoreAllMocks()
  holdTime()
  world = newWorld()
  object = new TestObject("BENCH")
})

describe("publishing to hibernating subscribers", () => {
  it("reads each attachment once, and no flow, for any number of messages", async () => {
    const speaker = await object.dial("/bench/:id/publish")
    const listeners = await Promise.all(Array.from({ length: 20 }, () => object.dial("/bench/:id/news")))
    await object.sleep()
    const costs = await CostMeter.open(object)
    const { built } = world
    const publish = async (text: string) => {
      speaker.send(text)
      for (const listener of listeners) expect(await listener.next()).toEqual([text])
      return costs.take().read
    }
    // One of them is that of the sender.
    expect(await publish("first")).toBe(1 + listeners.length)
    expect(await publish("second")).toBeUndefined()
    expect(world.built).toBe(built + 1)
  })

  it("reads no attachment again when a subscriber sends something", async () => {
    const speaker = await object.dial("/bench/:id/publish")
    const listener = await object.dial("/bench/:id/news")
    await object.sleep()
    const costs = await CostMeter.open(object)
    speaker.send("first")
    expect(await listener.next()).toEqual(["first"])
    costs.take()
    listener.send("is ignored")
    await object.arrived()
    expect(costs.take().read).toBeUndefined()
  })

  it("reads nothing of a subscriber that has closed", async () => {
    const speaker = await object.dial("/bench/:id/publish")
    const [leaver, stayer] = [await object.dial("/bench/:id/news"), await object.dial("/bench/:id/news")]
    await object.sleep()
    speaker.send("first")
    for (const listener of [leaver, stayer]) expect(await listener.next()).toEqual(["first"])
    leaver.close(1000)
    await leaver.next()
    const { built } = world
    speaker.send("second")
    expect(await stayer.next()).toEqual(["second"])
    expect(world.built).toBe(built)
  })
})
