import { text } from "sluice"
import { connect, resumeIn } from "sluice/client"
import { protocol } from "sluice/protocol"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { settled } from "../../src/testing/settled.ts"
import { fakeSockets } from "./fake-socket.ts"

const echo = protocol("/echo", { receives: text, sends: text })
const key = "echo"
let page: EventTarget
let stored: Map<string, string>

const storage = {
  getItem: (key: string) => stored.get(key) ?? null,
  setItem: (key: string, value: string) => void stored.set(key, value),
  removeItem: (key: string) => void stored.delete(key),
}

/** A page loads. */
function load(): void {
  page = new EventTarget()
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page))
}

beforeEach(() => {
  stored = new Map()
  load()
})
afterEach(() => vi.unstubAllGlobals())

async function dial() {
  const { WebSocket, made } = fakeSockets()
  const client = connect(echo, {}, { base: "https://example.com", WebSocket, resume: resumeIn(storage, key) })
  await settled()
  return { client, offered: made[0]?.protocols, made }
}

describe("resumeIn", () => {
  it("resumes the session of the page before", async () => {
    stored.set(key, '[1,"s",2]')
    expect((await dial()).offered).toEqual(["sluice.1", "sluice.at.s.2"])
  })

  it("keeps the session when the page is left, and for one page only", async () => {
    stored.set(key, '[1,"s",2]')
    await dial()
    expect(stored.size).toBe(0)
    page.dispatchEvent(new Event("pagehide"))
    // The handshake of this page has no answer yet.
    expect(stored.get(key)).toBe('[1,"s",2,1]')
    load()
    expect((await dial()).offered).toEqual(["sluice.1", "sluice.at.s.2", "sluice.attempt.2"])
    expect((await dial()).offered).toEqual(["sluice.1"])
  })

  it("removes its record when the page is restored from the back/forward cache", async () => {
    stored.set(key, '[1,"s",2]')
    await dial()
    page.dispatchEvent(new Event("pagehide"))
    page.dispatchEvent(new Event("pageshow"))
    expect(stored.size).toBe(0)
  })

  it("keeps nothing of a client that is closed", async () => {
    stored.set(key, '[1,"s",2]')
    const { client, made } = await dial()
    client.close()
    made[0]?.end(1000)
    page.dispatchEvent(new Event("pagehide"))
    expect(stored.size).toBe(0)
  })

  it.each(["", "nonsense", "[]", '[2,"s",2]', '[1,"s",-1]', '[1,"s",1.5]', '[1,"s",1,-1]', "[1,2,3]", "null"])(
    "begins anew if the storage has %j",
    async (value) => {
      stored.set(key, value)
      expect((await dial()).offered).toEqual(["sluice.1"])
    },
  )

  it("goes on without a record where the page may not even have the storage, and where there is none", async () => {
    stored.set(key, '[1,"s",2]')
    const refuse = vi.fn(() => {
      throw new DOMException("Access is denied for this document.", "SecurityError")
    })
    const resume = resumeIn(refuse, key)
    // As while a server renders a page.
    expect(refuse).not.toHaveBeenCalled()
    const { WebSocket, made } = fakeSockets()
    const client = connect(echo, {}, { base: "https://example.com", WebSocket, resume })
    await settled()
    page.dispatchEvent(new Event("pagehide"))
    expect(made[0]?.protocols).toEqual(["sluice.1"])
    expect(client.status).toBe("connecting")
  })

  it("takes a function for the storage", async () => {
    stored.set(key, '[1,"s",2]')
    const { WebSocket, made } = fakeSockets()
    connect(echo, {}, { base: "https://example.com", WebSocket, resume: resumeIn(() => storage, key) })
    await settled()
    expect(made[0]?.protocols).toEqual(["sluice.1", "sluice.at.s.2"])
    page.dispatchEvent(new Event("pagehide"))
    expect(stored.get(key)).toBe('[1,"s",2,1]')
  })

  it.each(["getItem", "setItem", "removeItem"])("throws nowhere if %s of the storage throws", async (method) => {
    stored.set(key, '[1,"s",2]')
    // As the storage of a frame whose cookies are blocked, or one that is full.
    const refuse = () => {
      throw new Error("QuotaExceededError")
    }
    const { WebSocket, made } = fakeSockets()
    const resume = resumeIn({ ...storage, [method]: refuse }, key)
    const uncaught = vi.fn()
    process.on("uncaughtException", uncaught)
    connect(echo, {}, { base: "https://example.com", WebSocket, resume })
    await settled()
    made[0]?.open("sluice.1").receive(JSON.stringify([["hi", "s", 0, method === "setItem", 1]]))
    page.dispatchEvent(new Event("pagehide"))
    page.dispatchEvent(new Event("pageshow"))
    await new Promise((resolve) => setTimeout(resolve))
    process.off("uncaughtException", uncaught)
    expect(uncaught).not.toHaveBeenCalled()
    expect(made[0]?.closedWith).toBe(undefined)
  })
})
