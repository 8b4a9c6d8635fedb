import { beforeEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import type { Line } from "../support/dial.ts"
import { newWorld } from "../support/durable-worker/world.ts"
import { holdTime, TestObject } from "../support/test-object.ts"

let place: TestObject
let speaker: Line

beforeEach(async () => {
  vi.restoreAllMocks()
  holdTime()
  newWorld()
  place = new TestObject("BENCH")
  speaker = await place.dial("/bench/:id/publish")
})

describe("a hub", () => {
  it("merges the messages of many and sends them to all, in one order", async () => {
    const listeners = [await place.dial("/bench/:id/news"), await place.dial("/bench/:id/news")]
    const other = await place.dial("/bench/:id/publish")
    for (const [index, line] of [speaker, other, speaker, other].entries()) {
      await place.sleep()
      line.send(`${index}`)
      await place.arrived()
    }
    for (const listener of listeners) expect(await listener.next(4)).toEqual(["0", "1", "2", "3"])
  })

  it.each([false, true])("keeps its order when a subscriber answers in the hub, hibernating: %s", async (asleep) => {
    const before = await place.dial("/bench/:id/news")
    const echo = await place.dial("/bench/:id/echoes")
    const after = await place.dial("/bench/:id/news")
    if (asleep) await place.sleep()
    speaker.send("a", "b")
    for (const line of [before, echo, after]) expect(await line.next(4)).toEqual(["a", "re: a", "b", "re: b"])
  })

  it("drops elements for a slow subscriber, and only for that one", async () => {
    const slow = await place.dial("/bench/:id/slow")
    const fast = await place.dial("/bench/:id/news")
    speaker.send("1", "2", "3", "4", "5", "6")
    expect(await fast.next(6)).toEqual(["1", "2", "3", "4", "5", "6"])
    for (let second = 0; second < 3; second++) await place.pass(1_000)
    expect(await slow.next(4)).toEqual(["1", "2", "5", "6"])
  })

  it("closes a slow subscriber with the strategy fail, and no other", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {})
    const strict = await place.dial("/bench/:id/strict")
    const fast = await place.dial("/bench/:id/news")
    await place.sleep()
    speaker.send("1", "2", "3", "4", "5", "6")
    expect(await fast.next(6)).toEqual(["1", "2", "3", "4", "5", "6"])
    expect(await strict.next(2)).toEqual(["1", closed(1013, "Too slow")])
  })

  it("drops the subscription of a closed connection", async () => {
    const leaver = await place.dial("/bench/:id/news")
    const stayer = await place.dial("/bench/:id/news")
    await place.sleep()
    leaver.close(1000)
    expect(await leaver.next()).toEqual([closed(1000)])
    await place.sleep()
    speaker.send("hello")
    expect(await stayer.next()).toEqual(["hello"])
  })
})

describe("a shared graph", () => {
  it("keeps its state while the object hibernates", async () => {
    const listener = await place.dial("/bench/:id/total")
    for (const text of ["a", "bb", "ccc"]) {
      speaker.send(text)
      await place.sleep()
    }
    expect(await listener.next(4)).toEqual(["0", "1", "3", "6"])
  })

  it("keeps state of any kind that structured clone keeps", async () => {
    const listener = await place.dial("/bench/:id/seen")
    for (const text of ["a", "b", "a"]) {
      speaker.send(text)
      await place.sleep()
    }
    expect(await listener.next(4)).toEqual(["", "a", "a,b", "a,b"])
  })

  it("runs for hibernating subscribers, and continues for later ones", async () => {
    const early = await place.dial("/bench/:id/beat")
    await place.pass(1_000)
    await place.pass(500)
    const late = await place.dial("/bench/:id/beat")
    expect(await place.alarm()).toBe(Date.now() + 500)
    await place.pass(500)
    expect(await early.next(3)).toEqual(["0", "1", "2"])
    expect(await late.next()).toEqual(["2"])
  })

  it("ends for all subscribers, hibernating or not, and starts again for the next", async () => {
    const [early, late] = [await place.dial("/bench/:id/three"), await place.dial("/bench/:id/three")]
    for (const _ of [1, 2]) await place.pass(1_000)
    expect(await early.next(4)).toEqual(["0", "1", "2", closed(1000)])
    expect(await late.next(3)).toEqual(["1", "2", closed(1000)])
    expect(await (await place.dial("/bench/:id/three")).next()).toEqual(["0"])
  })

  it("fails for all subscribers, and starts again for the next", async () => {
    const listeners = [await place.dial("/bench/:id/boom"), await place.dial("/bench/:id/boom")]
    speaker.send("one")
    await place.sleep()
    speaker.send("boom")
    for (const listener of listeners) expect(await listener.next(2)).toEqual(["one", closed(4000, "boom")])
    const next = await place.dial("/bench/:id/boom")
    speaker.send("two")
    expect(await next.next()).toEqual(["two"])
  })
})
