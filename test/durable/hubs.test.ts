import { beforeEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import type { Line } from "../support/dial.ts"
import { newWorld } from "../support/durable-worker/bench.ts"
import { holdTime, TestObject } from "../support/test-object.ts"

let object: TestObject
let speaker: Line

beforeEach(async () => {
  vi.restoreAllMocks()
  holdTime()
  newWorld()
  object = new TestObject("BENCH")
  speaker = await object.dial("/bench/:id/publish")
})

describe("a hub", () => {
  it("merges what many say and sends it to all, in one order", async () => {
    const listeners = [await object.dial("/bench/:id/news"), await object.dial("/bench/:id/news")]
    const other = await object.dial("/bench/:id/publish")
    for (const [index, line] of [speaker, other, speaker, other].entries()) {
      await object.sleep()
      line.send(`${index}`)
      await object.arrived()
    }
    for (const listener of listeners) expect(await listener.next(4)).toEqual(["0", "1", "2", "3"])
  })

  it.each([false, true])("keeps its order where one answers another in the hub itself, asleep: %s", async (asleep) => {
    const before = await object.dial("/bench/:id/news")
    const echo = await object.dial("/bench/:id/echoes")
    const after = await object.dial("/bench/:id/news")
    if (asleep) await object.sleep()
    speaker.send("a", "b")
    for (const line of [before, echo, after]) expect(await line.next(4)).toEqual(["a", "re: a", "b", "re: b"])
  })

  it("drops what is too much for a slow listener, and only for that one", async () => {
    const slow = await object.dial("/bench/:id/slow")
    const fast = await object.dial("/bench/:id/news")
    speaker.send("1", "2", "3", "4", "5", "6")
    expect(await fast.next(6)).toEqual(["1", "2", "3", "4", "5", "6"])
    for (let second = 0; second < 3; second++) await object.pass(1_000)
    expect(await slow.next(4)).toEqual(["1", "2", "5", "6"])
  })

  it("closes a slow listener that wants no loss, and no other", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {})
    const strict = await object.dial("/bench/:id/strict")
    const fast = await object.dial("/bench/:id/news")
    await object.sleep()
    speaker.send("1", "2", "3", "4", "5", "6")
    expect(await fast.next(6)).toEqual(["1", "2", "3", "4", "5", "6"])
    expect(await strict.next(2)).toEqual(["1", closed(1013, "Too slow")])
  })

  it("forgets who has left", async () => {
    const leaver = await object.dial("/bench/:id/news")
    const stayer = await object.dial("/bench/:id/news")
    await object.sleep()
    leaver.close(1000)
    expect(await leaver.next()).toEqual([closed(1000)])
    await object.sleep()
    speaker.send("hello")
    expect(await stayer.next()).toEqual(["hello"])
  })
})

describe("a shared graph", () => {
  it("keeps its state while the object sleeps", async () => {
    const listener = await object.dial("/bench/:id/total")
    for (const text of ["a", "bb", "ccc"]) {
      speaker.send(text)
      await object.sleep()
    }
    expect(await listener.next(4)).toEqual(["0", "1", "3", "6"])
  })

  it("keeps state of any kind that structured clone keeps", async () => {
    const listener = await object.dial("/bench/:id/seen")
    for (const text of ["a", "b", "a"]) {
      speaker.send(text)
      await object.sleep()
    }
    expect(await listener.next(4)).toEqual(["", "a", "a,b", "a,b"])
  })

  it("runs for those who are asleep, and goes on for those who come later", async () => {
    const early = await object.dial("/bench/:id/beat")
    await object.pass(1_000)
    await object.pass(500)
    const late = await object.dial("/bench/:id/beat")
    expect(await object.alarm()).toBe(Date.now() + 500)
    await object.pass(500)
    expect(await early.next(3)).toEqual(["0", "1", "2"])
    expect(await late.next()).toEqual(["2"])
  })

  it("ends for all who listen, asleep or not, and begins anew for the next", async () => {
    const [early, late] = [await object.dial("/bench/:id/three"), await object.dial("/bench/:id/three")]
    for (const _ of [1, 2]) await object.pass(1_000)
    expect(await early.next(4)).toEqual(["0", "1", "2", closed(1000)])
    expect(await late.next(3)).toEqual(["1", "2", closed(1000)])
    expect(await (await object.dial("/bench/:id/three")).next()).toEqual(["0"])
  })

  it("fails for all who listen, and begins anew for the next", async () => {
    const listeners = [await object.dial("/bench/:id/boom"), await object.dial("/bench/:id/boom")]
    speaker.send("one")
    await object.sleep()
    speaker.send("boom")
    for (const listener of listeners) expect(await listener.next(2)).toEqual(["one", closed(4000, "boom")])
    const next = await object.dial("/bench/:id/boom")
    speaker.send("two")
    expect(await next.next()).toEqual(["two"])
  })
})
