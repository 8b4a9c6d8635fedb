import { type EndpointOptions, Flow, text, webSocket } from "sluice"
import { Actor, ActorFlow, type ActorRef, Props, Terminated } from "sluice/actor"
import { type ConnectionInfo, FlowObject } from "sluice/durable"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"
import { MemorySession } from "../support/memory-session.ts"

/** The deployed release cannot make a `Fragile`. */
let isBroken = false
let friend: ActorRef<string>

class Friend extends Actor<string> {
  constructor(private readonly out: ActorRef<string>) {
    super()
  }

  override preStart() {
    friend = this.self
  }

  receive(message: string) {
    this.out.tell(message)
  }
}

class Fragile extends Actor<string> {
  override state = 0

  constructor(private readonly out: ActorRef<string>) {
    super()
    if (isBroken) throw new Error("It broke")
  }

  receive(message: string) {
    this.out.tell(`${message} ${++this.state}`)
  }
}

/** Watches the friend, and counts its ends. */
class Watcher extends Actor<string | Terminated> {
  override state = 0

  receive(message: string | Terminated) {
    if (message instanceof Terminated) this.state++
    else if (message === "watch") this.context.watch(friend)
    else this.context.sender.tell(this.state)
  }
}

/** The actor of a flow that is restored first is a friend. */
class House extends FlowObject<unknown, EndpointOptions["resume"]> {
  readonly watcher = this.actor("watcher", Props.of(Watcher))

  protected accept({ data: resume }: ConnectionInfo<EndpointOptions["resume"]>) {
    const friendly = ActorFlow.actorRef((out: ActorRef<string>) => Props.of(Friend, out))
    const fragile = ActorFlow.actorRef((out: ActorRef<string>) => Props.of(Fragile, out))
    return webSocket.endpoint(text, Flow.of<string>().via(friendly).via(fragile), { resume })
  }
}

const changed = closed(1012, "The service has changed")

beforeEach(() => {
  logged()
  isBroken = false
})
afterEach(() => vi.useRealTimers())

it.each([false, true])(
  "a session whose flow fails while it is restored closes with 1012, and its client gets a new one: durable %s (row 29)",
  async (durable) => {
    const object = new MemoryObject(House)
    const client = await new MemorySession(object, { within: "1 minute", durable }).connect()
    client.send("a")
    isBroken = true
    await object.evict()
    client.send("b")
    expect(client.received).toEqual(["a 1", changed])
    isBroken = false
    await client.connect()
    expect(client.resyncs).toBe(1)
    expect(client.send("c").received.slice(2)).toEqual(["c 1"])
  },
)

it("watchers of the actors that were restored before a flow failed are notified once", async () => {
  const object = new MemoryObject(House)
  const client = await object.connect()
  object.send(client, "a")
  object.instance.watcher.tell("watch")
  isBroken = true
  await object.evict()
  object.send(client, "b")
  expect(client.received).toEqual(["a 1", changed])
  await expect(object.instance.watcher.ask("ends", "1 second")).resolves.toBe(1)
})
