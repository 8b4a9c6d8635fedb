import { beforeEach, describe, expect, it, vi } from "vitest"
import { Bill, holdTime, Place } from "../support/durable.ts"
import { newWorld } from "../support/durable-worker/bench.ts"

let place: Place
let world = newWorld()

beforeEach(() => {
  vi.restoreAllMocks()
  holdTime()
  world = newWorld()
  place = new Place("BENCH")
})

describe("publishing to hibernating subscribers", () => {
  it("reads each attachment once, and no flow, however often", async () => {
    const speaker = await place.dial("/bench/:id/publish")
    const listeners = await Promise.all(Array.from({ length: 20 }, () => place.dial("/bench/:id/news")))
    await place.sleep()
    const bill = await Bill.open(place)
    const { built } = world
    const publish = async (text: string) => {
      speaker.send(text)
      for (const listener of listeners) expect(await listener.next()).toEqual([text])
      return bill.take().read
    }
    // One of them is that of the speaker.
    expect(await publish("first")).toBe(1 + listeners.length)
    expect(await publish("second")).toBeUndefined()
    expect(world.built).toBe(built + 1)
  })

  it("reads no attachment again when a subscriber sends something", async () => {
    const speaker = await place.dial("/bench/:id/publish")
    const listener = await place.dial("/bench/:id/news")
    await place.sleep()
    const bill = await Bill.open(place)
    speaker.send("first")
    expect(await listener.next()).toEqual(["first"])
    bill.take()
    listener.send("is ignored")
    await place.arrived()
    expect(bill.take().read).toBeUndefined()
  })

  it("reads nothing of a subscriber that has closed", async () => {
    const speaker = await place.dial("/bench/:id/publish")
    const [leaver, stayer] = [await place.dial("/bench/:id/news"), await place.dial("/bench/:id/news")]
    await place.sleep()
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
