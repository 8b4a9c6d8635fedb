import { exports } from "cloudflare:workers"
import { beforeEach, describe, expect, it } from "vitest"
import { newWorld } from "../support/durable-worker/world.ts"
import { TestObject } from "../support/test-object.ts"

let object: TestObject

beforeEach(() => {
  newWorld().maxConnections = 3
  object = new TestObject("BENCH")
})

const dial = () => object.dial("/bench/:id/even")
const ask = () =>
  exports.default.fetch(`https://example.com/bench/${object.id}/even`, { headers: { Upgrade: "websocket" } })

describe("an object with its maximum of connections", () => {
  it("answers 503 with Retry-After to another one", async () => {
    await Promise.all([dial(), dial(), dial()])
    const { status, headers, webSocket } = await ask()
    expect([status, webSocket]).toEqual([503, null])
    expect(Number(headers.get("Retry-After"))).toBeGreaterThan(0)
  })

  it("does not disturb its connections", async () => {
    const clients = await Promise.all([dial(), dial(), dial()])
    await object.sleep()
    for (let n = 0; n < 5; n++) expect((await ask()).status).toBe(503)
    for (const client of clients) expect(await client.send("1").next(2)).toEqual(["0", "1"])
    expect(await object.inside((_, state) => state.getWebSockets().length)).toBe(3)
  })

  it("has room again when one of them has closed", async () => {
    const [one] = await Promise.all([dial(), dial(), dial()])
    await object.sleep()
    one?.close(1000)
    await one?.next(2)
    const another = await dial()
    expect(await another.send("1").next(2)).toEqual(["0", "1"])
    expect((await ask()).status).toBe(503)
  })

  it("does not count for other objects", async () => {
    await Promise.all([dial(), dial(), dial()])
    object = new TestObject("BENCH")
    expect(await (await dial()).next()).toEqual(["0"])
  })
})

it("an object takes thousands by default", async () => {
  newWorld()
  await Promise.all(Array.from({ length: 50 }, dial))
  expect(await object.inside((_, state) => state.getWebSockets().length)).toBe(50)
})
