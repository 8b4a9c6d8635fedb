import { Flow, Sink, text, webSocket } from "sluice"
import { type ConnectionInfo, FlowObject } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { LogEntry } from "../../src/stream/logger.ts"
import { closed } from "../support/client.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"

const unstorable = () => 1
const texts = text.contramap((element: unknown) => String(element))

/** The hubs keep elements, except the plain one. A message "unstorable" becomes an element that storage refuses. */
class Board extends FlowObject<unknown, string> {
  readonly kept = this.hub<unknown>("kept", { keep: 10 })
  readonly collected = this.hub<unknown>("collected", { keep: 10, batchWindow: "1 minute" })
  readonly plain = this.hub<unknown>("plain")
  readonly count = this.cell("count", 0)

  protected accept({ data }: ConnectionInfo<string>) {
    const elements = Flow.of<string>().map((message) => (message === "unstorable" ? unstorable : message))
    // Publishes an element that storage refuses while a plain one is published.
    const relayed = this.plain.source().map((element) => {
      this.kept.publish(unstorable)
      return element
    })
    const flows: Record<string, Flow<string, unknown>> = {
      kept: Flow.fromSinkAndSource(elements.to(this.kept.sink()), this.kept.source()),
      collected: Flow.fromSinkAndSource(elements.to(this.collected.sink()), this.collected.source()),
      plain: Flow.fromSinkAndSource(this.plain.sink(), this.plain.source()),
      relay: Flow.fromSinkAndSource(Sink.ignore(), relayed),
      count: Flow.fromSinkAndSource(Sink.ignore(), this.count.values),
    }
    return webSocket.endpoint(texts, flows[data] as Flow<string, unknown>)
  }

  transaction(run: () => void): void {
    this.ctx.storage.transactionSync(run)
  }

  /** Ends the window: an element with `except` follows the collected ones. */
  endWindow(): void {
    this.collected.publish("end", { except: "no connection" })
  }
}

let errors: LogEntry[]
let object: MemoryObject<Board>

beforeEach(() => {
  errors = logged()
  object = new MemoryObject(Board)
})
afterEach(() => vi.useRealTimers())

describe("an element that storage refuses", () => {
  it("fails the flow that publishes it, with an error that names the hub", async () => {
    const [ann, bob] = [await object.connect("kept"), await object.connect("kept")]
    object.send(ann, "unstorable")
    object.send(bob, "a")
    expect([ann.received, bob.received]).toEqual([[closed(1011)], ["a"]])
    expect(String(errors[0]?.cause)).toBe(
      'TypeError: An element of the hub "kept" with keep must be what structured clone takes: element is a function',
    )
  })

  it("fails no other flow whose elements are collected in the same window", async () => {
    const [ann, bob] = [await object.connect("collected"), await object.connect("collected")]
    object.send(ann, "unstorable")
    object.send(bob, "a")
    object.instance.endWindow()
    expect([ann.received, bob.received]).toEqual([[closed(1011)], ["a", "end"]])
  })

  it("fails the flow that publishes it during another publish, and not the publisher of that", async () => {
    const [plain, relay] = [await object.connect("plain"), await object.connect("relay")]
    object.send(plain, "a")
    expect([plain.received, relay.received]).toEqual([["a"], [closed(1011)]])
  })

  it("rolls back the transaction in which it is published", async () => {
    const count = await object.connect("count")
    const publish = () => {
      object.instance.count.set(1)
      object.instance.kept.publish(unstorable)
    }
    expect(() => object.instance.transaction(publish)).toThrow(TypeError)
    expect([object.instance.count.get(), count.received]).toEqual([0, ["0"]])
  })
})

describe("an element for whose row storage has no room", () => {
  beforeEach(() => {
    object.isFull = (key) => key.startsWith("sluice:hub:")
  })

  it("is logged at the commit of its transaction, and keeps back no other", async () => {
    const count = await object.connect("count")
    object.instance.transaction(() => {
      object.instance.kept.publish("a")
      object.instance.count.set(1)
    })
    expect(count.received).toEqual(["0", "1"])
    expect(errors).toEqual([expect.objectContaining({ event: "element not published", name: "sluice:hub:kept" })])
  })

  it("is logged at the end of its window, and keeps back no other", async () => {
    const client = await object.connect("collected")
    object.instance.collected.publish("a")
    object.instance.collected.publish("b")
    let refused = 0
    object.isFull = (key) => key.startsWith("sluice:hub:") && refused++ === 0
    object.instance.endWindow()
    expect(client.received).toEqual(["b", "end"])
    expect(errors.map(({ event }) => event)).toEqual(["element not published"])
  })
})
