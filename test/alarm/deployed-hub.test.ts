import { Flow, Sink, text, webSocket } from "sluice"
import { FlowObject, type HubOptions } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"

/** The options of the hub in the deployed release. */
let options: HubOptions<string>

class House extends FlowObject {
  readonly news = this.hub<string>("news", options)

  protected accept() {
    const slowly = this.news.source().throttle(1, "1 second")
    return webSocket.endpoint(text, Flow.fromSinkAndSource(Sink.ignore(), slowly))
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
})
