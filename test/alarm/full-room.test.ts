import { Flow, text, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"
import { afterEach, describe, expect, it, vi } from "vitest"
import { MemoryObject } from "../support/memory-object.ts"

afterEach(() => {
  vi.useRealTimers()
})

/** Refuses a third member. */
class Lobby extends FlowObject {
  readonly news = this.hub<string>("news")

  protected accept() {
    if (this.connections.size >= 2) return new Response("The lobby is full", { status: 503 })
    return webSocket.endpoint(text, Flow.of<string>().merge(this.news.source()))
  }
}

describe("a room whose accept refuses, because it is full", () => {
  it("keeps its members after hibernation", async () => {
    const object = new MemoryObject(Lobby)
    const [ann, bob] = [await object.connect(), await object.connect()]
    await object.evict()
    object.send(ann, "still here")
    object.instance.news.publish("news")
    expect([ann.received, bob.received]).toEqual([["still here", "news"], ["news"]])
  })
})
