import { afterEach, describe, expect, it, vi } from "vitest"
import { Channel } from "../../src/durable/shared/channel.ts"
import { FlowObject } from "../../src/durable.ts"
import { Flow, Sink, text, webSocket } from "../../src/index.ts"
import { MemoryObject } from "../support/memory-object.ts"

/** Each connection subscribes to the hub twice. */
class Twice extends FlowObject {
  private readonly elements = this.hub<string>("elements")

  protected accept() {
    const both = this.elements.source().merge(this.elements.source().map((element) => `${element}!`))
    return webSocket.endpoint(text, Flow.fromSinkAndSource(Sink.ignore(), both))
  }

  publish(element: string): void {
    this.elements.publish(element)
  }
}

afterEach(() => vi.useRealTimers())

describe("a connection that subscribes twice", () => {
  it.each([false, true])("receives each element twice, after hibernating: %s", async (hibernates) => {
    const object = new MemoryObject(Twice)
    const clients = [await object.connect(), await object.connect()]
    if (hibernates) await object.evict()
    object.instance.publish("a")
    object.instance.publish("b")
    for (const { received } of clients) expect(received.toSorted()).toEqual(["a", "a!", "b", "b!"])
  })
})

describe("the bound of a subscriber", () => {
  it.each([0, -1, 1.5, Number.NaN])("is a RangeError where it is %d", (bufferSize) => {
    expect(() => new Channel<string>("channel").source({ bufferSize })).toThrow(RangeError)
  })
})
