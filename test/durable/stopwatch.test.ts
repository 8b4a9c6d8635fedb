import { beforeEach, describe, expect, it } from "vitest"
import type { Line } from "../support/dial.ts"
import { holdTime, TestObject } from "../support/test-object.ts"

describe("a stopwatch that is shared, hibernating between every two messages", () => {
  let place: TestObject
  let client: Line

  beforeEach(async () => {
    holdTime()
    place = new TestObject("STOPWATCH")
    client = await place.dial("/stopwatch/:id")
  })

  const send = async (command: string, line = client) => {
    await place.sleep()
    line.send(command)
    await place.arrived()
  }

  it("counts for two clients together", async () => {
    const other = await place.dial("/stopwatch/:id")
    await send("start", other)
    await place.pass(1_000)
    await send("stop")
    await send("start", other)
    await place.pass(1_000)
    for (const line of [client, other]) expect(await line.next(3)).toEqual(["0", "1", "2"])
  })

  it("continues to run without connections", async () => {
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
})

describe("the stopwatch on request, hibernating between every two messages", () => {
  let place: TestObject
  let client: Line

  beforeEach(async () => {
    holdTime()
    place = new TestObject("STOPWATCH")
    client = await place.dial("/stopwatch-on-request/:id?every=500")
  })

  const send = async (command: string, line = client) => {
    await place.sleep()
    line.send(command)
    await place.arrived()
  }

  it("answers a request for the time, running or not", async () => {
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

  it("is the stopwatch of the other clients", async () => {
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
