import { Flow, text, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"
import { MemorySession } from "../support/memory-session.ts"

/** Records the number of the other connections in each call of `accept`. */
class Counting extends FlowObject {
  readonly sizes: number[] = []
  readonly news = this.hub<string>("news")

  get size(): number {
    return this.connections.size
  }

  protected accept() {
    this.sizes.push(this.connections.size)
    const flow = Flow.of<string>()
      .takeWhile((text) => text !== "end")
      .merge(this.news.source(), { eagerComplete: true })
    return webSocket.endpoint(text, flow, { resume: { within: "1 minute", durable: true } })
  }
}

beforeEach(() => void logged())
afterEach(() => vi.useRealTimers())

describe("the number of connections", () => {
  it("in accept is that of the others when a close restores the connection", async () => {
    const object = new MemoryObject(Counting)
    const [first] = [await object.connect(), await object.connect()]
    await object.evict()
    object.close(first, 1000, "")
    expect([object.instance.sizes, object.instance.size]).toEqual([[1], 1])
  })

  it("is the same after the close of a socket that had vanished before it was counted", async () => {
    const object = new MemoryObject(Counting)
    const [first] = [await object.connect(), await object.connect()]
    await object.evict()
    object.vanish(first)
    const before = object.instance.size
    object.noticeVanished()
    expect([before, object.instance.sizes, object.instance.size]).toEqual([1, [1], 1])
  })

  it("in accept is that of the others when a session is restored whose socket has vanished", async () => {
    const object = new MemoryObject(Counting)
    const clients = [await new MemorySession(object, {}).connect(), await new MemorySession(object, {}).connect()]
    await object.evict()
    clients[0]?.vanish()
    const before = object.instance.size
    object.noticeVanished()
    expect([before, object.instance.sizes, object.instance.size]).toEqual([2, [1], 2])
  })

  it("is without a session that has ended while its client is away, also after hibernation", async () => {
    const object = new MemoryObject(Counting)
    const [away] = [await new MemorySession(object, {}).connect(), await new MemorySession(object, {}).connect()]
    away.transmit("end").drop()
    expect(object.instance.size).toBe(1)
    await object.evict()
    expect(object.instance.size).toBe(1)
    await away.connect()
    expect([object.instance.size, away.received.at(-1)]).toEqual([1, closed(1000, "")])
  })

  it("is without a session that waits for the answer to its close", async () => {
    const object = new MemoryObject(Counting)
    await new MemorySession(object, {}).connect()
    const client = await new MemorySession(object, {}).connect()
    client.send("end")
    expect(object.instance.size).toBe(1)
  })

  it("is the same when a session that was counted with its socket is found without it", async () => {
    const object = new MemoryObject(Counting)
    const clients = [await new MemorySession(object, {}).connect(), await new MemorySession(object, {}).connect()]
    await object.evict()
    const sizes = [object.instance.size]
    clients[0]?.vanish()
    object.instance.news.publish("a")
    sizes.push(object.instance.size)
    object.noticeVanished()
    sizes.push(object.instance.size)
    await clients[0]?.connect()
    sizes.push(object.instance.size)
    expect(sizes).toEqual([2, 2, 2, 2])
  })
})
