import { beforeEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import type { Line } from "../support/dial.ts"
import { newWorld } from "../support/durable-worker/world.ts"
import { RemoteClients } from "../support/remote-clients.ts"
import { CostMeter, holdTime, TestObject } from "../support/test-object.ts"

let object: TestObject
let observer: Line

beforeEach(async () => {
  vi.restoreAllMocks()
  holdTime()
  newWorld()
  object = new TestObject("ACTOR_BENCH")
  observer = await object.dial("/actors/:id/talk/counter")
})

async function open(): Promise<Line> {
  const client = await object.dial("/actors/:id/own")
  expect(await observer.next()).toEqual(["started"])
  return client
}

/** Sends the actor a message while the object hibernates, and waits for the answer. */
async function say(client: Line, message: string, count = 1) {
  await object.sleep()
  return client.send(message).next(count)
}

/** How often the actor has reported that it has stopped. */
async function stops(): Promise<unknown[]> {
  await object.sleep()
  const said = await observer.send("that is all").next()
  const rest = []
  for (let [text] = said; text !== "that is all"; [text] = await observer.next()) rest.push(text)
  return rest.filter((text) => text !== "started")
}

describe("ActorFlow in an object that hibernates between every two steps", () => {
  it("continues with its state", async () => {
    const client = await open()
    for (const count of [1, 2, 3]) expect(await say(client, "add")).toEqual([`count ${count}`])
    expect(await stops()).toEqual([])
  })

  it("writes no row", async () => {
    const client = await open()
    await say(client, "add")
    expect(await object.rows()).toEqual([])
    const costs = await CostMeter.open(object)
    await say(client, "show")
    expect(costs.take().put).toBeUndefined()
  })

  it("continues with its timers, each connection with its own", async () => {
    const [one, other] = [await open(), await open()]
    await say(one, "beat", 0)
    await object.pass(500)
    await say(other, "beat", 0)
    await object.pass(500)
    expect(await one.next()).toEqual(["beaten"])
    expect(await object.alarm()).toBe(Date.now() + 500)
    await object.pass(500)
    expect(await other.next()).toEqual(["beaten"])
    await say(one, "quiet", 0)
    await object.pass(1_000)
    expect(await say(one, "show")).toEqual(["count 0"])
    expect(await other.next()).toEqual(["beaten"])
    await say(other, "quiet", 0)
    await object.arrived()
    expect(await object.alarm()).toBeNull()
  })

  it("row 32: closes with 1000 when its actor stops, after the actor's messages", async () => {
    const client = await open()
    await say(client, "beat", 0)
    await object.sleep()
    client.send("add", "stop", "add")
    expect(await client.next(2)).toEqual(["count 1", closed(1000)])
    expect(await stops()).toEqual(["stopped"])
    expect(await object.alarm()).toBeNull()
  })

  it("row 33: closes with 1011 when its actor throws, logs it once, and disturbs no other", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {})
    const [client, other] = [await open(), await open()]
    await say(client, "beat", 0)
    await object.sleep()
    client.send("add", "fail", "add")
    expect(await client.next(2)).toEqual(["count 1", closed(1011)])
    expect(await stops()).toEqual(["stopped"])
    expect(log.mock.calls.flat().join()).toContain("It broke")
    expect(log).toHaveBeenCalledOnce()
    expect(await object.alarm()).toBeNull()
    expect(await say(other, "add")).toEqual(["count 1"])
  })

  it.each([
    [1000, ""],
    [4000, "bye"],
  ])("row 34: stops once when its client closes with %i", async (code, reason) => {
    const client = await open()
    await say(client, "beat", 0)
    await object.sleep()
    client.close(code, reason)
    expect(await client.next()).toEqual([closed(code, reason)])
    expect(await stops()).toEqual(["stopped"])
    expect(await object.alarm()).toBeNull()
  })

  it("row 34: stops once when its client vanishes", async () => {
    const clients = new RemoteClients()
    await clients.dial(`/actors/${object.id}/own`)
    await object.sleep()
    await clients.vanish()
    expect(await observer.next(2)).toEqual(["started", "stopped"])
    expect(await stops()).toEqual([])
  })

  it("row 34: stops once when it breaks a rule", async () => {
    const client = await open()
    await object.sleep()
    client.send(new Uint8Array([1]))
    expect(await client.next()).toMatchObject([{ close: 1003 }])
    expect(await stops()).toEqual(["stopped"])
  })
})
