import { text } from "sluice"
import { connect } from "sluice/client"
import { protocol } from "sluice/protocol"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { settled } from "../../src/testing/settled.ts"
import { TestClock } from "../../src/testing/test-clock.ts"
import { fakeSockets } from "./fake-socket.ts"

const echo = protocol("/echo", { receives: text, sends: text })
let page: EventTarget

beforeEach(() => {
  page = new EventTarget()
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page))
  vi.stubGlobal("location", { href: "https://example.com/page?x" })
})
afterEach(() => vi.unstubAllGlobals())

function tell(type: string, persisted = false): Promise<void> {
  page.dispatchEvent(Object.assign(new Event(type), { persisted }))
  return settled()
}

async function dial() {
  const { WebSocket, made } = fakeSockets()
  const clock = new TestClock()
  const client = connect(echo, {}, { WebSocket, clock, random: () => 1 })
  await settled()
  return { client, made, clock }
}

describe("a client in a page", () => {
  it("connects to the page's host", async () => {
    const { made } = await dial()
    expect(made[0]?.url).toBe("wss://example.com/echo")
  })

  it.each(["online", "pageshow", "visibilitychange"])("connects at once on %s", async (type) => {
    const { made } = await dial()
    made[0]?.open().end(1006)
    await tell(type)
    expect(made.length).toBe(2)
  })

  it("stays connected on them", async () => {
    const { made } = await dial()
    made[0]?.open()
    await tell("online")
    await tell("pageshow")
    expect(made.length).toBe(1)
  })

  it("closes its socket while the page cache keeps the page, and reconnects when the page is restored", async () => {
    const { client, made, clock } = await dial()
    const got: string[] = []
    client.on("message", (message) => got.push(message))
    made[0]?.open()
    await tell("pagehide", true)
    expect(made[0]?.closedWith).toEqual([1000, "The page was left"])
    expect(client.status).toBe("connecting")
    made[0]?.end(1000)
    clock.advance(60_000)
    await settled()
    expect(made.length).toBe(1)
    await tell("pageshow", true)
    made[1]?.open().receive("hello")
    expect(got).toEqual(["hello"])
    expect(client.status).toBe("open")
  })

  it("stays closed when the page becomes hidden after it was left, as in browsers", async () => {
    const { made } = await dial()
    made[0]?.open()
    await tell("pagehide", true)
    // The target of visibilitychange is the document, and that of the tests is the page.
    Object.assign(page, { hidden: true })
    await tell("visibilitychange")
    expect(made.length).toBe(1)
    Object.assign(page, { hidden: false })
    await tell("pageshow", true)
    expect(made.length).toBe(2)
  })

  it("stays until the browser closes a page that is not kept", async () => {
    const { made } = await dial()
    made[0]?.open()
    await tell("pagehide")
    expect(made[0]?.closedWith).toBe(undefined)
  })

  it("does not reconnect once it is closed, or is closing", async () => {
    const { client, made } = await dial()
    made[0]?.open()
    client.close()
    await tell("pagehide", true)
    made[0]?.end(1000)
    await tell("pageshow", true)
    expect(made.length).toBe(1)
    expect(await client.closed).toEqual({ code: 1000, reason: "" })
  })

  it("can be closed while the page cache keeps the page", async () => {
    const { client, made } = await dial()
    await tell("pagehide", true)
    client.close()
    await tell("pageshow", true)
    expect(made.length).toBe(1)
    expect(client.status).toBe("closed")
  })
})
