import { Flow, Sink, text, webSocket } from "sluice"
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
      limits: { idleTimeout: "10 seconds" },
    })
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
