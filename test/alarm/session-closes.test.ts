import { Flow, json, Sink, text, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"
import { MemorySession } from "../support/memory-session.ts"

class Idle extends FlowObject {
  protected accept() {
    return webSocket.endpoint(text, Flow.of<string>(), {
      resume: { within: "1 minute" },
      limits: { idleTimeout: "10 seconds", messagesPerSecond: 2 },
    })
  }
}

class Values extends FlowObject {
  protected accept() {
    return webSocket.endpoint(json(), Flow.of<unknown>().map(String), { resume: { within: "1 minute" } })
  }
}

/** Whether the codec of the deployed release refuses all elements. */
let refuses = false

class News extends FlowObject {
  readonly news = this.hub<string>("news", { keep: 10 })

  protected accept() {
    const codec = text.contramap((element: string) => {
      if (refuses) throw new RangeError("refused")
      return element
    })
    const flow = Flow.fromSinkAndSource(Sink.ignore(), this.news.source())
    return webSocket.endpoint(codec, flow, { resume: { within: "1 minute" } })
  }

  closeAll(): void {
    for (const { id } of this.connections) this.connections.close(id, 4000, "The end")
  }
}

beforeEach(() => {
  logged()
  refuses = false
})
afterEach(() => vi.useRealTimers())

it("the answer to the close of an idle session with 1001 ends the session, and the next socket begins a new one", async () => {
  const object = new MemoryObject(Idle)
  const client = await new MemorySession(object, {}).connect()
  client.send("a")
  object.advance(12_000)
  client.read()
  if (client.socket) object.answer(client.socket, 1001)
  expect([[...object.rows.keys()], object.alarm]).toEqual([[], null])
  await client.connect()
  expect(client.resyncs).toBe(1)
  expect(client.send("b").received).toEqual(["a", closed(1001, "Idle for too long"), "b"])
})

it("the answer to a close ends the session, also if the session was restored since the close", async () => {
  const object = new MemoryObject(Idle)
  const client = await new MemorySession(object, {}).connect()
  client.send("a", "b", "c")
  await object.evict()
  // It is idle for too long.
  object.advance(12_000)
  expect(client.socket?.received.at(-1)).toEqual(closed(1008, "2 messages a second are allowed"))
  if (client.socket) object.answer(client.socket, 1008)
  expect([[...object.rows.keys()], object.alarm]).toEqual([[], null])
  await client.connect()
  expect(client.resyncs).toBe(1)
})

it("a session closes with 1003 for JSON that is nested so deep that JSON.stringify throws", async () => {
  const object = new MemoryObject(Values)
  const socket = await object.connect({}, { "Sec-WebSocket-Protocol": "sluice.1" })
  object.send(socket, `[0,1,${"[".repeat(100_000)}${"]".repeat(100_000)},2]`)
  // The message is refused, so it is not confirmed.
  expect(socket.received.slice(1)).toEqual(['[1,"1"]', closed(1003, "Unable to parse json message")])
})

it.each([false, true])(
  "a session closes with 1011 if its client has missed an element that the deployed codec refuses: closed before %s",
  async (isClosed) => {
    const object = new MemoryObject(News)
    const client = await new MemorySession(object, {}).connect()
    client.drop()
    object.instance.news.publish("a")
    if (isClosed) object.instance.closeAll()
    refuses = true
    await object.evict()
    await client.connect()
    expect(client.received).toEqual([closed(1011)])
  },
)
