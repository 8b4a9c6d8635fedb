import { Flow, Sink, text, webSocket } from "sluice"
import { FlowObject, type HubOptions } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"
import { MemorySession } from "../support/memory-session.ts"

/** The options of the hub in the deployed release. */
let options: HubOptions<string>

class House extends FlowObject {
  readonly news = this.hub<string>("news", options)

  protected accept() {
    const slowly = this.news.source().throttle(1, "1 second")
    return webSocket.endpoint(text, Flow.fromSinkAndSource(Sink.ignore(), slowly))
  }
}

/** With sessions, and no stage between the hub and the clients. */
class Members extends House {
  protected override accept() {
    const resume = { within: "1 hour" } as const
    return webSocket.endpoint(text, Flow.fromSinkAndSource(Sink.ignore(), this.news.source()), { resume })
  }
}

beforeEach(() => void logged())
afterEach(() => vi.useRealTimers())

describe("a slow subscriber of a hub whose options a deploy has changed", () => {
  it.each<[HubOptions<string>, HubOptions<string>]>([
    [{}, { keep: 10 }],
    [{ keep: 10 }, {}],
  ])("closes with 1012, because its state is that of the earlier release: %o to %o", async (before, after) => {
    options = before
    const object = new MemoryObject(House)
    const client = await object.connect()
    for (const n of ["1", "2", "3", "4"]) object.instance.news.publish(n)
    options = after
    await object.evict()
    object.advance(10_000)
    expect(client.received).toEqual(["1", closed(1012, "The service has changed")])
  })

  it.each([2, 3, 9])("gets the elements that are kept, and all that follow: keep 3 to %i", async (keep) => {
    options = { keep: 3 }
    const object = new MemoryObject(House)
    const client = await object.connect()
    const numbers = Array.from({ length: 9 }, (_, n) => String(n))
    for (const n of numbers) object.instance.news.publish(n)
    options = { keep }
    await object.evict()
    object.advance(10_000)
    object.instance.news.publish("9")
    await object.evict()
    object.instance.news.publish("10")
    object.advance(10_000)
    // The flow has taken "1" before.
    expect(client.received).toEqual(["0", "1", ...numbers.slice(-Math.min(keep, 3)), "9", "10"])
  })
})

describe("a session in a deploy that takes keep from its hub", () => {
  it("begins anew with the next element, so that it counts right after a deploy that gives it back", async () => {
    options = { keep: 10 }
    const object = new MemoryObject(Members)
    const session = await new MemorySession(object, undefined).connect()
    object.instance.news.publish("1")
    options = {}
    await object.evict()
    object.instance.news.publish("2")
    options = { keep: 10 }
    await object.evict()
    object.instance.news.publish("3")
    expect(session.read().received).toEqual(["1", closed(1012, "The service has changed")])
    await session.drop().connect()
    object.instance.news.publish("4")
    expect(session.read().received.slice(2)).toEqual(["4"])
    expect(session.resyncs).toBe(1)
  })
})
