import { Flow, text, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"
import { MemorySession } from "../support/memory-session.ts"

/** The news that flows have got, and the ends of their input. */
let seen: string[]

class Room extends FlowObject {
  readonly news = this.hub<string>("news")

  kickAll(): void {
    for (const { id } of this.connections) if (this.connections.get(id)) this.connections.close(id, 4001)
  }

  protected accept() {
    const noted = Flow.of<string>().onTermination(({ type }) => seen.push(type))
    const news = this.news.source().map((text) => {
      seen.push(text)
      return text
    })
    return webSocket.endpoint(text, noted.merge(news), { resume: { within: "1 minute", durable: true } })
  }
}

beforeEach(() => {
  logged()
  seen = []
})
afterEach(() => vi.useRealTimers())

it("the flow of a durable session runs once while its socket has vanished, before the runtime reports the close", async () => {
  const object = new MemoryObject(Room)
  const client = await new MemorySession(object, {}).connect()
  await object.evict()
  client.send("a").vanish()
  object.instance.news.publish("one")
  object.noticeVanished()
  object.instance.news.publish("two")
  await client.connect()
  expect(client.received).toEqual(["a", "one", "two"])
  object.advance(120_000)
  if (client.socket) object.close(client.socket, 1000, "")
  expect(seen).toEqual(["one", "two", "completed"])
})

it.each([false, true])("its author can close it (evicted: %s)", async (evicts) => {
  const object = new MemoryObject(Room)
  const client = await new MemorySession(object, {}).connect()
  object.advance(1)
  client.vanish()
  if (evicts) await object.deploy()
  object.instance.kickAll()
  object.noticeVanished()
  await client.connect()
  expect([client.received, client.resyncs]).toEqual([[{ close: 4001, reason: "" }], 0])
})
