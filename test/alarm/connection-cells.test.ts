import { Flow, Source, text, webSocket } from "sluice"
import { type ConnectionContext, FlowObject } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { settled } from "../../src/testing/settled.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"

/** Switches ticks on when a promise settles, which is no event of the object. */
class Switch extends FlowObject {
  protected accept({ cell }: ConnectionContext) {
    const isOn = cell("on", false)
    const switched = Flow.of<string>().map((message) => {
      if (message === "later") void Promise.resolve().then(() => isOn.set(true))
      return String(isOn.get())
    })
    const ticks = Source.tick("1 second", { while: () => isOn.get() }).map(() => "tick")
    return webSocket.endpoint(text, switched.merge(ticks))
  }
}

beforeEach(() => void logged())
afterEach(() => vi.useRealTimers())

describe("a cell of a connection that is set outside of an event", () => {
  it.each([false, true])("is saved, and is seen by the flow: evicted %s", async (isEvicted) => {
    const object = new MemoryObject(Switch)
    const client = await object.connect()
    object.stall(500)
    object.send(client, "later")
    await settled()
    if (isEvicted) await object.evict()
    object.advance(1_000)
    object.send(client, "now")
    expect(client.received).toEqual(["false", "tick", "true"])
  })
})
