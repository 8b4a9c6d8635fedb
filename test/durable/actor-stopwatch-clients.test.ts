import { beforeEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import type { Line } from "../support/dial.ts"
import { RemoteClients } from "../support/remote-clients.ts"
import { holdTime, TestObject } from "../support/test-object.ts"

describe("the stopwatch actor of a client, hibernating between every two messages", () => {
  let place: TestObject
  let client: Line

  beforeEach(async () => {
    holdTime()
    place = new TestObject("ACTOR_STOPWATCH")
    client = await place.dial("/actor-stopwatches/:id")
  })

  const send = async (command: string, line = client) => {
    await place.sleep()
    line.send(command)
    await place.arrived()
  }

  it("belongs to one client", async () => {
    const other = await place.dial("/actor-stopwatches/:id")
    await send("start")
    await place.pass(500)
    await send("start", other)
    await place.pass(500)
    await place.pass(500)
    await send("stop")
    await place.pass(500)
    await place.pass(500)
    expect(await client.next(2)).toEqual(["0", "1"])
    expect(await other.next(3)).toEqual(["0", "1", "2"])
  })

  it("ends with its client, and leaves no row and no alarm", async () => {
    await send("start")
    await client.next()
    await place.sleep()
    client.close(1000)
    expect(await client.next()).toEqual([closed(1000)])
    expect(await place.alarm()).toBeNull()
    expect(await place.rows()).toEqual([])
  })

  it("ends with a client that vanishes", async () => {
    const holding = new RemoteClients()
    const lost = await holding.dial(`/actor-stopwatches/${place.id}`)
    await holding.send(lost, "start")
    await vi.waitFor(async () => expect(await place.alarm()).not.toBeNull())
    await place.sleep()
    await holding.vanish()
    await vi.waitFor(async () => expect(await place.alarm()).toBeNull())
  })
})

it("/actor/stopwatch is an object of its own for each client", async () => {
  const place = new TestObject("ACTOR_STOPWATCH")
  const [one, other] = [await place.dial("/actor/stopwatch"), await place.dial("/actor/stopwatch")]
  expect(await one.send("start").next()).toEqual(["0"])
  expect(await other.send("reset", "start").next()).toEqual(["0"])
  expect(await place.inside((_, state) => state.getWebSockets().length)).toBe(0)
})
