import { Flow, text, webSocket } from "sluice"
import { Actor, ActorFlow, type ActorRef, type AnyRef, Props, Terminated } from "sluice/actor"
import { type ConnectionInfo, FlowObject } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"

/** The ref of the last friend, as a hub or a message would carry it. */
let lastFriend: AnyRef | undefined
let version = 1

class Friend extends Actor<string> {
  constructor(private readonly out: ActorRef<string>) {
    super()
  }

  override preStart() {
    lastFriend = this.self
  }

  receive(text: string) {
    this.out.tell(text)
  }
}

class Watcher extends Actor<string | Terminated> {
  constructor(private readonly out: ActorRef<string>) {
    super()
  }

  receive(message: string | Terminated) {
    if (message instanceof Terminated) this.out.tell("left")
    else if (lastFriend) this.context.watch(lastFriend)
  }
}

/** An object without actors of its own: all actors are those of its connections. */
class Friends extends FlowObject<unknown, string> {
  protected accept({ data }: ConnectionInfo<string>) {
    if (data === "plain") return webSocket.endpoint(text, Flow.of<string>())
    return data === "watcher"
      ? webSocket.endpoint(
          text,
          ActorFlow.actorRef((out: ActorRef<string>) => Props.of(Watcher, out)),
        )
      : webSocket.endpoint(
          text,
          ActorFlow.actorRef((out: ActorRef<string>) => Props.of(Friend, out)),
          { version },
        )
  }
}

beforeEach(() => {
  logged()
  version = 1
})
afterEach(() => {
  vi.useRealTimers()
})

describe("actors of connections, in an object without actors of its own", () => {
  it("watch one another through an eviction", async () => {
    const object = new MemoryObject(Friends)
    const watcher = await object.connect("watcher")
    const friend = await object.connect("friend")
    object.send(watcher, "watch")
    await object.evict()
    object.close(friend, 1000, "")
    expect(watcher.received).toEqual(["left"])
  })

  it("notify a hibernating watcher of a connection whose flow has changed", async () => {
    const object = new MemoryObject(Friends)
    const watcher = await object.connect("watcher")
    const friend = await object.connect("friend")
    object.send(watcher, "watch")
    version = 2
    await object.evict()
    object.send(friend, "hello")
    expect(watcher.received).toEqual(["left"])
  })

  it("stay hibernating while a connection without actors is served", async () => {
    const object = new MemoryObject(Friends)
    const watcher = await object.connect("watcher")
    const plain = await object.connect("plain")
    await object.connect("friend")
    object.send(watcher, "watch")
    await object.evict()
    object.writes.length = 0
    object.send(plain, "hello")
    expect(plain.received).toEqual(["hello"])
    expect(object.writes).toEqual([])
  })

  it("refuse messages from other objects, because the object has no actor", async () => {
    const object = new MemoryObject(Friends)
    expect(() => object.instance.sluiceTell("friend", "hello")).toThrow('Friends has no actor "friend"')
  })
})
