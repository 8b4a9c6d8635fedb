import { type EndpointOptions, Flow, Sink, text, webSocket } from "sluice"
import { Actor, ActorFlow, type AnyRef, Props, type Terminated } from "sluice/actor"
import { type ConnectionInfo, FlowObject, type HubOptions } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"
import { MemorySession } from "../support/memory-session.ts"

/** The actor of the connection that the watcher watches. */
let friend: AnyRef
let version = 1

class Friend extends Actor<string> {
  override preStart() {
    friend = this.self
  }

  receive() {}
}

class Watcher extends Actor<string | Terminated> {
  receive(message: string | Terminated) {
    if (typeof message === "string") this.context.watch(friend)
  }
}

/** A friend's flow differs from version to version. A watcher gets the news of a hub directly, and what its actor tells. */
const house = (options: HubOptions<string>, resume?: EndpointOptions["resume"]) =>
  class House extends FlowObject<unknown, string> {
    readonly news = this.hub<string>("news", options)

    protected accept({ data }: ConnectionInfo<string>) {
      const news = this.news.source()
      if (data === "watcher") {
        const watcher = Flow.of<string>().via(ActorFlow.actorRef(() => Props.of(Watcher)))
        return webSocket.endpoint(text, Flow.fromSinkAndSource(watcher.to(Sink.ignore()), news), { resume })
      }
      const actor = ActorFlow.actorRef<string, string>(() => Props.of(Friend))
      return webSocket.endpoint(text, Flow.of<string>().via(actor).merge(news), { version })
    }
  }

beforeEach(() => {
  logged()
  version = 1
})
afterEach(() => vi.useRealTimers())

describe("a subscriber that is restored while an element is published", () => {
  it.each<HubOptions<string>>([{}, { keep: 10 }])("gets the element once: %o", async (options) => {
    const object = new MemoryObject(house(options))
    const watcher = await object.connect("watcher")
    await object.connect("friend")
    object.send(watcher, "watch")
    await object.evict()
    // The friend's flow cannot go on, and the flow of its watcher is restored for that.
    version = 2
    object.instance.news.publish("one")
    object.instance.news.publish("two")
    expect(watcher.received).toEqual(["one", "two"])
  })

  it.each<HubOptions<string>>([{}, { keep: 10 }])("gets the element once in its session: %o", async (options) => {
    const object = new MemoryObject(house(options, { within: "1 minute" }))
    const watcher = await new MemorySession(object, "watcher").connect()
    await object.connect("friend")
    watcher.send("watch")
    await object.evict()
    version = 2
    object.instance.news.publish("one")
    watcher.read().drop()
    object.instance.news.publish("two")
    await watcher.connect()
    expect(watcher.received).toEqual(["one", "two"])
    expect(watcher.resyncs).toBe(0)
  })
})
