import { Flow, Sink, text, webSocket } from "sluice"
import { type ConnectionContext, FlowObject, type HubOptions } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"
import { MemorySession } from "../support/memory-session.ts"

let options: HubOptions<string>
/** The elements that the sinks of connections have got. */
let noted: string[]

type Shape = "twice" | "mapped" | "noting" | "session"

class Room extends FlowObject<unknown, Shape> {
  readonly news = this.hub<string>("news", options)

  protected accept({ data }: ConnectionContext<Shape>) {
    const { news } = this
    const noting = Flow.of<string>()
      .merge(news.source())
      .to(Sink.forEach((line) => noted.push(line)))
    const flows: Record<Shape, () => Flow<string, string>> = {
      twice: () => Flow.fromSinkAndSource(Sink.ignore(), news.source().mergePreferred(news.source())),
      mapped: () => {
        const loud = news.source().map((line) => line.toUpperCase())
        return Flow.fromSinkAndSource(Sink.ignore(), news.source().mergePreferred(loud))
      },
      noting: () => Flow.fromSinkAndSource(noting, news.source()),
      session: () => Flow.fromSinkAndSource(noting, news.source()),
    }
    return webSocket.endpoint(text, flows[data](), { resume: data === "session" ? { within: "1 hour" } : undefined })
  }
}

beforeEach(() => {
  logged()
  noted = []
})
afterEach(() => vi.useRealTimers())

describe.each<[string, HubOptions<string>]>([
  ["a hub", {}],
  ["a hub with keep", { keep: 10 }],
  ["a hub with backpressure", { backpressure: true }],
])("two subscriptions of a hibernating flow to %s", (_, of) => {
  beforeEach(() => {
    options = of
  })

  it.each<[Shape, string[], string[]]>([
    ["twice", ["a", "a", "b", "b"], []],
    ["mapped", ["A", "B", "a", "b"], []],
    ["noting", ["a", "b"], ["a", "b"]],
  ])("get each element both: %s", async (shape, received, noting) => {
    const object = new MemoryObject(Room)
    const client = await object.connect(shape)
    for (const line of ["a", "b"]) {
      await object.evict()
      object.instance.news.publish(line)
    }
    expect([client.received.map(String).toSorted(), noted]).toEqual([received, noting])
  })
})

it("two subscriptions of a session that hibernates, with and without its socket, get each element both", async () => {
  options = { keep: 10 }
  const object = new MemoryObject(Room)
  const client = await new MemorySession(object, "session").connect()
  await object.evict()
  object.instance.news.publish("a")
  await object.evict()
  client.read().drop()
  await object.evict()
  object.instance.news.publish("b")
  await object.evict()
  await client.connect()
  object.instance.news.publish("c")
  expect([client.read().received, client.resyncs, noted]).toEqual([["a", "b", "c"], 0, ["a", "b", "c"]])
})
