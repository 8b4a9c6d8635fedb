import { Flow, Sink, text, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"
import { MemorySession } from "../support/memory-session.ts"

beforeEach(() => void logged())
afterEach(() => {
  vi.useRealTimers()
})

/** Refuses a third member. */
class Lobby extends FlowObject {
  readonly news = this.hub<string>("news")

  protected accept() {
    if (this.connections.size >= 2) return new Response("The lobby is full", { status: 503 })
    return webSocket.endpoint(text, Flow.of<string>().merge(this.news.source()))
  }
}

describe("a room whose accept refuses, because it is full", () => {
  it("keeps its members after hibernation", async () => {
    const object = new MemoryObject(Lobby)
    const [ann, bob] = [await object.connect(), await object.connect()]
    await object.evict()
    object.send(ann, "still here")
    object.instance.news.publish("news")
    expect([ann.received, bob.received]).toEqual([["still here", "news"], ["news"]])
  })
})

/** Has room for one client. Its flow works on each message for five seconds. */
class Cell extends FlowObject {
  protected override readonly maxConnections = 1
  readonly news = this.hub<string>("news", { keep: 2 })

  protected accept() {
    const slowly = Flow.of<string>().delay("5 seconds").to(Sink.ignore())
    return webSocket.endpoint(text, Flow.fromSinkAndSource(slowly, this.news.source()), {
      resume: { within: "1 minute" },
      limits: { idleTimeout: "1 hour" },
    })
  }
}

describe("an object with maxConnections has room", () => {
  it("for a client that gets a new session, because the log has written over elements that it has missed", async () => {
    const object = new MemoryObject(Cell)
    const client = await new MemorySession(object, {}).connect()
    client.drop()
    for (const n of ["1", "2", "3"]) object.instance.news.publish(n)
    await client.connect()
    expect([client.resyncs, client.session.isOpen]).toEqual([1, true])
  })

  it("for a client that connects in the event in which its session expires", async () => {
    const object = new MemoryObject(Cell)
    const client = await new MemorySession(object, {}).connect()
    client.drop()
    object.stall(60_000)
    await client.connect()
    expect([client.resyncs, client.session.isOpen]).toEqual([1, true])
  })

  it("for a client that connects in the event in which another one is idle for too long", async () => {
    const object = new MemoryObject(Cell)
    await object.connect()
    object.stall(2 * 3_600_000)
    const client = await object.connect()
    object.instance.news.publish("1")
    expect(client.received).toEqual(["1"])
  })

  it("while the flow of a closed socket works on earlier messages", async () => {
    const object = new MemoryObject(Cell)
    const closed = await object.connect()
    object.send(closed, "a")
    object.close(closed, 1000, "")
    const client = await object.connect()
    object.instance.news.publish("1")
    expect(client.received).toEqual(["1"])
    object.advance(10_000)
    // A further one is refused.
    expect(await object.connect()).toBe(client)
  })
})
