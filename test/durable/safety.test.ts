import { exports } from "cloudflare:workers"
import { beforeEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { newWorld } from "../support/durable-worker/world.ts"
import { CostMeter, holdTime, TestObject } from "../support/test-object.ts"

let place: TestObject
let world = newWorld()

beforeEach(() => {
  vi.restoreAllMocks()
  holdTime()
  world = newWorld()
  place = new TestObject("BENCH")
})

const silence = () => vi.spyOn(console, "error").mockImplementation(() => {})

describe("a flow that cannot hibernate", () => {
  it("is refused, and the error names the step and the remedy", async () => {
    const log = silence()
    await expect(place.dial("/bench/:id/pinned")).rejects.toThrow("500")
    const [error] = log.mock.calls.flat()
    expect(String(error)).toMatch(/"?fromAsync"?/)
    expect(await place.inside((_, state) => state.getWebSockets().length)).toBe(0)
  })

  it("is refused when the class is first constructed, before a client connects", async () => {
    silence()
    await expect(new TestObject("PINNED_FLOW").inside(() => {})).rejects.toThrow(/"fromAsync", step 5 of the flow/)
  })

  it("is refused when the class is constructed, in a shared graph", async () => {
    const log = silence()
    await expect(new TestObject("PINNED").dial("/pinned/:id")).rejects.toThrow("500")
    expect(String(log.mock.calls.flat()[0])).toContain("fromAsync")
  })
})

describe("a deploy that has changed a flow", () => {
  it("closes its sockets with 1012 when they are needed, and no others", async () => {
    const [changing, echo] = [await place.dial("/bench/:id/changing"), await place.dial("/bench/:id/echo")]
    expect(await changing.send("a").next()).toEqual(["1"])
    await place.sleep()
    world.isNew = true
    const bill = await CostMeter.open(place)
    expect(await echo.send("a").next()).toEqual(["a"])
    expect(await changing.send("a").next()).toEqual([closed(1012, "The service has changed")])
    expect(await echo.send("b").next()).toEqual(["b"])
    expect(bill.take().attach).toBe(1)
  })

  it("continues from the snapshot that migrate returns, once", async () => {
    const client = await place.dial("/bench/:id/changing")
    expect(await client.send("a").next()).toEqual(["1"])
    await place.sleep()
    Object.assign(world, { isNew: true, migrates: true })
    expect(await client.send("b").next()).toEqual(["new 2"])
    await place.sleep()
    world.migrates = false
    expect(await client.send("c").next()).toEqual(["new 3"])
  })
})

describe("the info of a connection", () => {
  const forged = encodeURIComponent(JSON.stringify({ url: "https://forged/", params: {}, headers: {}, data: "root" }))

  it("are those of the route, and survive hibernation", async () => {
    const client = await place.dial("/bench/:id/where/here?user=ada", { "X-Kept": "yes", "X-Other": "no" })
    await place.sleep()
    const [info] = await client.send("?").next()
    expect(JSON.parse(String(info))).toEqual({
      url: `https://example.com/bench/${place.id}/where/here?user=ada`,
      params: { id: place.id, flow: "where", name: "here" },
      headers: { "x-kept": "yes" },
      data: { user: "ada" },
    })
  })

  it("cannot be forged by a header", async () => {
    const client = await place.dial("/bench/:id/where", { "Sluice-Info": forged })
    expect((await client.send("?").next()).join()).not.toContain("root")
  })

  it("are ignored in a request that was passed on unchanged", async () => {
    const headers = { Upgrade: "websocket", "Sluice-Info": forged }
    const response = await exports.default.fetch(`https://example.com/raw/${place.id}`, { headers })
    expect([response.status, response.webSocket]).toEqual([404, null])
  })
})

describe("an alarm", () => {
  it("closes the flow that fails with 1011, and the others get their ticks", async () => {
    const log = silence()
    const ticks = [await place.dial("/bench/:id/tick"), await place.dial("/bench/:id/tick")]
    const failing = await place.dial("/bench/:id/fails-in-time")
    failing.send("a")
    await place.pass(1_000)
    for (const line of ticks) expect(await line.next(2)).toEqual(["tick 0", "tick 1"])
    expect(await failing.next()).toEqual([closed(1011)])
    expect(log).toHaveBeenCalledOnce()
    await place.pass(1_000)
    for (const line of ticks) expect(await line.next()).toEqual(["tick 2"])
  })

  it("closes a connection with 1012 for which `accept` now throws, and the others get their ticks", async () => {
    silence()
    const lost = await place.dial("/bench/:id/tick/lost")
    const tick = await place.dial("/bench/:id/tick")
    world.failsFor = "lost"
    await place.pass(1_000)
    expect(await tick.next(2)).toEqual(["tick 0", "tick 1"])
    expect(await lost.next(2)).toEqual(["tick 0", closed(1012, "The service has changed")])
  })

  it("that is retried delivers no timer twice", async () => {
    const tick = await place.dial("/bench/:id/tick")
    await place.pass(1_000)
    const alarm = Date.now()
    await place.ring(alarm, true)
    await place.sleep()
    vi.setSystemTime(Date.now() + 10)
    await place.ring(alarm, true)
    await place.pass(990)
    expect(await tick.next(3)).toEqual(["tick 0", "tick 1", "tick 2"])
  })
})

describe("a failure of one connection", () => {
  it("answers 500 if `accept` throws, and leaves no socket", async () => {
    silence()
    world.failsFor = "refused"
    await expect(place.dial("/bench/:id/echo/refused")).rejects.toThrow("500")
    expect(await place.inside((_, state) => state.getWebSockets().length)).toBe(0)
  })

  it("does not prevent a broadcast to the others", async () => {
    silence()
    const speaker = await place.dial("/bench/:id/publish")
    const [lost, found] = [await place.dial("/bench/:id/news/lost"), await place.dial("/bench/:id/news")]
    await place.sleep()
    world.failsFor = "lost"
    speaker.send("hello")
    expect(await found.next()).toEqual(["hello"])
    expect(await lost.next()).toEqual([closed(1012, "The service has changed")])
  })

  it("whose state cannot be stored closes with 1011, and the others are kept", async () => {
    silence()
    const even = await place.dial("/bench/:id/even")
    const unkept = await place.dial("/bench/:id/unkept")
    expect(await unkept.next()).toEqual([closed(1011)])
    await place.sleep()
    expect(await even.send("1").next(2)).toEqual(["0", "1"])
  })

  it("of a socket is its end", async () => {
    await place.dial("/bench/:id/idle")
    await place.sleep()
    await place.inside((object, state) => {
      for (const socket of state.getWebSockets()) object.webSocketError(socket)
    })
    expect(await place.alarm()).toBeNull()
    expect(await place.inside((_, state) => state.getWebSockets()[0]?.deserializeAttachment())).toBeNull()
  })

  it("that closes ends its connection, although the client never answers", async () => {
    silence()
    const pair = await place.dial("/bench/:id/idle")
    await place.pass(60_000)
    expect(await place.alarm()).toBeNull()
    expect(await pair.next()).toEqual([closed(1011)])
  })
})
