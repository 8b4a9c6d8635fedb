import { beforeEach, describe, expect, it, vi } from "vitest"
import type { Line } from "../support/dial.ts"
import { holdTime, Place } from "../support/durable.ts"

describe("the stopwatch, asleep between every two messages", () => {
  let place: Place
  let client: Line

  beforeEach(async () => {
    holdTime()
    place = new Place("STOPWATCH")
    client = await place.dial("/stopwatch/:id")
  })

  const send = async (command: string, line = client) => {
    await place.sleep()
    line.send(command)
    await place.arrived()
  }

  it("counts from 0, a number each whole second", async () => {
    await send("start")
    expect(await client.next()).toEqual(["0"])
    await place.pass(999)
    await place.pass(1)
    expect(await client.next()).toEqual(["1"])
    await place.pass(1_000)
    expect(await client.next()).toEqual(["2"])
  })

  it("goes on where it was stopped", async () => {
    await send("start")
    await place.pass(1_000)
    await place.pass(1_000)
    await place.pass(300)
    await send("stop")
    expect(await place.alarm()).toBeNull()
    await place.pass(3 * 24 * 3_600_000)
    await send("start")
    await place.pass(699)
    await send("stop")
    await send("start")
    await place.pass(1)
    expect(await client.next(4)).toEqual(["0", "1", "2", "3"])
  })

  it("starts at zero after a reset, at once where it runs and with the next start where it does not", async () => {
    await send("start")
    await place.pass(1_500)
    await send("reset")
    await place.pass(1_000)
    expect(await client.next(4)).toEqual(["0", "1", "0", "1"])
    await send("stop")
    await send("reset")
    await place.pass(5_000)
    await send("start")
    await place.pass(1_000)
    expect(await client.next(2)).toEqual(["0", "1"])
  })

  it("ignores a start while it runs, a stop while it does not, and what it does not know", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {})
    await send("stop")
    await send("start")
    await place.pass(700)
    for (const command of ["start", "faster", "time"]) await send(command)
    await place.pass(300)
    expect(await client.next(2)).toEqual(["0", "1"])
    expect(warn.mock.calls).toEqual([["Unknown command: faster"], ["Unknown command: time"]])
  })

  it("sends one number, the right one, when the alarm is late", async () => {
    await send("start")
    await place.pass(4_200)
    await place.pass(800)
    expect(await client.next(3)).toEqual(["0", "4", "5"])
  })

  it("sends what is overdue before it does what a message says", async () => {
    await send("start")
    vi.setSystemTime(Date.now() + 2_300)
    await send("stop")
    await send("start")
    await place.pass(700)
    expect(await client.next(3)).toEqual(["0", "2", "3"])
  })

  it("counts for two clients together", async () => {
    const other = await place.dial("/stopwatch/:id")
    await send("start", other)
    await place.pass(1_000)
    await send("stop")
    await send("start", other)
    await place.pass(1_000)
    for (const line of [client, other]) expect(await line.next(3)).toEqual(["0", "1", "2"])
  })

  it("runs on while nobody is connected", async () => {
    await send("start")
    expect(await client.next()).toEqual(["0"])
    client.close(1000, "bye")
    await client.next()
    expect(await place.alarm()).toBeNull()
    await place.pass(60_500)
    const late = await place.dial("/stopwatch/:id")
    await place.pass(500)
    expect(await late.next()).toEqual(["61"])
  })

  it("delivers nothing twice when the runtime retries an alarm", async () => {
    await send("start")
    vi.setSystemTime(Date.now() + 1_000)
    const alarm = Date.now()
    await place.ring(alarm)
    await place.ring(alarm, true)
    await place.sleep()
    vi.setSystemTime(Date.now() + 200)
    await place.ring(alarm, true)
    await place.pass(800)
    expect(await client.next(3)).toEqual(["0", "1", "2"])
  })
})

describe("the stopwatch on request, asleep between every two messages", () => {
  let place: Place
  let client: Line

  beforeEach(async () => {
    holdTime()
    place = new Place("STOPWATCH")
    client = await place.dial("/stopwatch-on-request/:id?every=500")
  })

  const send = async (command: string, line = client) => {
    await place.sleep()
    line.send(command)
    await place.arrived()
  }

  it("tells the time to the one who asks, running or not", async () => {
    const other = await place.dial("/stopwatch-on-request/:id")
    await send("time")
    await send("start", other)
    await place.pass(450)
    await send("time", other)
    expect(await other.next()).toEqual(["0"])
    await place.pass(50)
    await place.pass(59_500)
    expect(await client.next(3)).toEqual(["0", "0", "60"])
    expect(await other.next()).toEqual(["60"])
    await send("stop")
    await place.pass(60_000)
    await send("time", other)
    expect(await other.next()).toEqual(["60"])
  })

  it("is the stopwatch that the others see", async () => {
    const watcher = await place.dial("/stopwatch/:id")
    await send("start")
    await place.pass(1_000)
    await send("stop", watcher)
    await send("time")
    expect(await watcher.next(2)).toEqual(["0", "1"])
    expect(await client.next(2)).toEqual(["1", "1"])
  })

  it.each(["99", "60001", "soon", ""])("refuses every=%s", async (every) => {
    await expect(place.dial(`/stopwatch-on-request/:id?every=${every}`)).rejects.toThrow("400")
  })
})
