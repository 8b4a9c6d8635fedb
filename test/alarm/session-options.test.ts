import { Flow, text, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"
import { MemorySession } from "../support/memory-session.ts"

/** The messages that flows have got. */
let seen: string[]

/** Repeats each message twice. */
class Twice extends FlowObject {
  protected accept() {
    const flow = Flow.of<string>().mapConcat((message) => {
      seen.push(message)
      return [message, message]
    })
    return webSocket.endpoint(text, flow, {
      resume: { within: "1 minute" },
      batch: true,
      autoResponse: { request: "ping", response: "pong" },
      closeCodes: { overloaded: 4013 },
      limits: { maxMessageSize: 5, maxQueuedMessages: 1, slowReader: "fail", maxBufferedAmount: 60 },
    })
  }
}

const offering = (protocols: string) => ({ "Sec-WebSocket-Protocol": protocols })

beforeEach(() => {
  logged()
  seen = []
})
afterEach(() => vi.useRealTimers())

describe.each([
  ["awake", async () => {}],
  ["hibernating", (object: MemoryObject<Twice>) => object.evict()],
])("an endpoint with resume and other options, %s", (_, sleep) => {
  it("sends batches to a client that offers sluice.batch and not sluice.1", async () => {
    const object = new MemoryObject(Twice)
    const client = await object.connect({}, offering("sluice.batch"))
    await sleep(object)
    object.send(client, "a")
    expect(client.received).toEqual(['["a","a"]'])
  })

  it("begins a session for a client that offers both", async () => {
    const object = new MemoryObject(Twice)
    const client = await object.connect({}, offering("sluice.batch, sluice.1"))
    await sleep(object)
    object.send(client, '[0,"a"]')
    expect(client.received.slice(1)).toEqual([expect.stringMatching(/^\[(1|\["at",2,1\]),"a","a"\]$/)])
  })

  it("bounds each message, not the frame", async () => {
    const object = new MemoryObject(Twice)
    const client = await new MemorySession(object, {}).connect()
    await sleep(object)
    client.send("12345", "54321")
    expect(client.received).toEqual(["12345", "12345", "54321", "54321"])
    client.send("123456")
    expect(client.received.at(-1)).toEqual(closed(1009, "A message may have 5 bytes"))
  })

  it("gives the flow U+FFFD for half a surrogate pair, which JSON can express", async () => {
    const object = new MemoryObject(Twice)
    const client = await object.connect({}, offering("sluice.1"))
    await sleep(object)
    object.send(client, '[0,"\\ud800"]')
    expect(seen).toEqual(["\ufffd"])
  })

  it("does not count the automatic response", async () => {
    const object = new MemoryObject(Twice)
    const client = await object.connect({}, offering("sluice.1"))
    await sleep(object)
    object.send(client, "ping")
    object.send(client, '[0,"a"]')
    expect(client.received.slice(1)).toEqual(["pong", expect.stringMatching(/^\[(1|\["at",2,1\]),"a","a"\]$/)])
  })

  it("closes a session with its own code for overloaded, also on the next socket", async () => {
    const object = new MemoryObject(Twice)
    const client = await new MemorySession(object, {}).connect()
    client.transmit("12345", "12345", "12345")
    client.drop()
    await sleep(object)
    await client.connect()
    expect(client.received).toEqual(["12345", "12345", "12345", "12345", "12345", closed(4013, "Too slow")])
  })
})
