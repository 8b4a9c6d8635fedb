import { beforeEach, describe, expect, it, vi } from "vitest"
import type { Line } from "../support/dial.ts"
import { holdTime, TestObject } from "../support/test-object.ts"

/** The same rules for all: one that many clients share, and one that is an actor for one client. */
const stopwatches = [
  { name: "the stopwatch", namespace: "STOPWATCH", path: "/stopwatch/:id" },
  { name: "the stopwatch actor", namespace: "ACTOR_STOPWATCH", path: "/actor-stopwatches/:id" },
] as const

describe.each(stopwatches)("$name, hibernating between every two messages", ({ namespace, path }) => {
  let object: TestObject
  let client: Line

  beforeEach(async () => {
    vi.restoreAllMocks()
    holdTime()
    object = new TestObject(namespace)
    client = await object.dial(path)
  })

  const send = async (command: string, line = client) => {
    await object.sleep()
    line.send(command)
    await object.arrived()
  }

  it("counts from 0, a number each whole second", async () => {
    await send("start")
    expect(await client.next()).toEqual(["0"])
    await object.pass(999)
    await object.pass(1)
    expect(await client.next()).toEqual(["1"])
    await object.pass(1_000)
    expect(await client.next()).toEqual(["2"])
  })

  it("continues from the time at which it was stopped, and has no alarm meanwhile", async () => {
    await send("start")
    await object.pass(1_000)
    await object.pass(1_000)
    await object.pass(300)
    await send("stop")
    expect(await object.alarm()).toBeNull()
    await object.pass(3 * 24 * 3_600_000)
    await send("start")
    await object.pass(700)
    expect(await client.next(4)).toEqual(["0", "1", "2", "3"])
  })

  it("continues from the time at which it was stopped, even just before the next second", async () => {
    await send("start")
    await object.pass(1_000)
    await object.pass(1_000)
    await object.pass(300)
    await send("stop")
    expect(await object.alarm()).toBeNull()
    await object.pass(3 * 24 * 3_600_000)
    await send("start")
    await object.pass(699)
    await send("stop")
    await send("start")
    await object.pass(1)
    expect(await client.next(4)).toEqual(["0", "1", "2", "3"])
  })

  it("sends no number twice that was reached in the millisecond of the stop", async () => {
    await send("start")
    await object.pass(1_000)
    await send("stop")
    await send("start")
    await object.pass(1_000)
    expect(await client.next(3)).toEqual(["0", "1", "2"])
  })

  it("is set to zero while it runs", async () => {
    await send("start")
    await object.pass(1_000)
    await object.pass(500)
    await send("reset")
    await object.pass(1_000)
    expect(await client.next(4)).toEqual(["0", "1", "0", "1"])
  })

  it("is set to zero in the millisecond of a whole second, which is sent before", async () => {
    await send("start")
    await object.sleep()
    vi.setSystemTime(Date.now() + 1_000)
    client.send("reset")
    await object.arrived()
    await object.pass(1)
    await object.pass(1_000)
    expect(await client.next(4)).toEqual(["0", "1", "0", "1"])
  })

  it("is set to zero while it stands: the next start sends 0 at once", async () => {
    await send("start")
    await object.pass(1_200)
    await send("stop")
    await send("reset")
    expect(await object.alarm()).toBeNull()
    await send("start")
    await object.pass(1_000)
    expect(await client.next(4)).toEqual(["0", "1", "0", "1"])
  })

  it("starts at zero after a reset, at once if it runs and with the next start if it does not", async () => {
    await send("start")
    await object.pass(1_500)
    await send("reset")
    await object.pass(1_000)
    expect(await client.next(4)).toEqual(["0", "1", "0", "1"])
    await send("stop")
    await send("reset")
    await object.pass(5_000)
    await send("start")
    await object.pass(1_000)
    expect(await client.next(2)).toEqual(["0", "1"])
  })

  it("ignores a start while it runs, a stop while it does not, and unknown commands", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {})
    await send("stop")
    await send("start")
    await object.pass(700)
    for (const command of ["start", "faster", "time"]) await send(command)
    await object.pass(300)
    expect(await client.next(2)).toEqual(["0", "1"])
    expect(warn.mock.calls).toEqual([["Unknown command: faster"], ["Unknown command: time"]])
  })

  it("sends one number, the right one, when the alarm is late", async () => {
    await send("start")
    await object.pass(4_200)
    await object.pass(800)
    expect(await client.next(3)).toEqual(["0", "4", "5"])
  })

  it("sends overdue seconds before it executes a command", async () => {
    await send("start")
    vi.setSystemTime(Date.now() + 2_300)
    await send("stop")
    await send("start")
    await object.pass(700)
    expect(await client.next(3)).toEqual(["0", "2", "3"])
  })

  it("sends no number twice when the runtime retries an alarm", async () => {
    await send("start")
    vi.setSystemTime(Date.now() + 1_000)
    const alarm = Date.now()
    await object.ring(alarm)
    await object.ring(alarm, true)
    await object.sleep()
    vi.setSystemTime(Date.now() + 200)
    await object.ring(alarm, true)
    await object.pass(800)
    expect(await client.next(3)).toEqual(["0", "1", "2"])
  })
})
