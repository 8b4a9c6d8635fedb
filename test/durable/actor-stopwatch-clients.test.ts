import { beforeEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import type { Line } from "../support/dial.ts"
import { RemoteClients } from "../support/remote-clients.ts"
import { holdTime, TestObject } from "../support/test-object.ts"

describe("the stopwatch actor of a client, asleep between every two messages", () => {
  let object: TestObject
  let client: Line

  beforeEach(async () => {
    holdTime()
    object = new TestObject("ACTOR_STOPWATCH")
    client = await object.dial("/actor-stopwatches/:id")
  })

  const send = async (command: string, line = client) => {
    await object.sleep()
    line.send(command)
    await object.arrived()
  }

  it("is everybody's own", async () => {
    const other = await object.dial("/actor-stopwatches/:id")
    await send("start")
    await object.pass(500)
    await send("start", other)
    await object.pass(500)
    await object.pass(500)
    await send("stop")
    await object.pass(500)
    await object.pass(500)
    expect(await client.next(2)).toEqual(["0", "1"])
    expect(await other.next(3)).toEqual(["0", "1", "2"])
  })

  it("ends with its client, and leaves nothing behind", async () => {
    await send("start")
    await client.next()
    await object.sleep()
    client.close(1000)
    expect(await client.next()).toEqual([closed(1000)])
    expect(await object.alarm()).toBeNull()
    expect(await object.rows()).toEqual([])
  })

  it("ends with a client that vanishes", async () => {
    const clients = new RemoteClients()
    const lost = await clients.dial(`/actor-stopwatches/${object.id}`)
    await clients.send(lost, "start")
    await vi.waitFor(async () => expect(await object.alarm()).not.toBeNull())
    await object.sleep()
    await clients.vanish()
    await vi.waitFor(async () => expect(await object.alarm()).toBeNull())
  })
})

it("/actor/stopwatch is an object of its own for each client", async () => {
  const object = new TestObject("ACTOR_STOPWATCH")
  const [one, other] = [await object.dial("/actor/stopwatch"), await object.dial("/actor/stopwatch")]
  expect(await one.send("start").next()).toEqual(["0"])
  expect(await other.send("reset", "start").next()).toEqual(["0"])
  expect(await object.inside((_, state) => state.getWebSockets().length)).toBe(0)
})
