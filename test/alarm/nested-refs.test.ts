import { Flow, text, webSocket } from "sluice"
import { Actor, ActorFlow, type ActorRef, Props, Sink, Source, type Terminated } from "sluice/actor"
import { type ConnectionContext, FlowObject } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"

type Said = { joined: ActorRef<string> } | string

/** Sends each message to all guests, with their number. */
class Hall extends Actor<Said | Terminated> {
  receive(message: Said | Terminated) {
    const { watched } = this.context
    if (typeof message === "string") watched.tell(`${message} to ${watched.size}`)
    else if ("joined" in message) this.context.watch(message.joined)
  }
}

class Guest extends Actor<string> {
  constructor(
    private readonly out: ActorRef<string>,
    private readonly hall: ActorRef<Said>,
    private readonly name: string,
  ) {
    super()
  }

  override preStart() {
    this.hall.tell({ joined: this.out })
  }

  receive(message: string) {
    this.hall.tell(`${this.name}: ${message}`)
  }
}

type Kind = "an actor" | "a sink and a source"

/** The first message of a client is its name. */
class Halls extends FlowObject<unknown, Kind> {
  private readonly hall = this.actor<Said>("hall", Props.of(Hall))

  protected accept({ data }: ConnectionContext<Kind>) {
    const flow = Flow.of<string>().flatMapPrefix(1, ([name = ""], rest) =>
      rest.via(data === "an actor" ? this.guest(name) : this.ends(name)),
    )
    return webSocket.endpoint(text, flow)
  }

  private guest(name: string): Flow<string, string> {
    return ActorFlow.actorRef((out: ActorRef<string>) => Props.of(Guest, out, this.hall, name))
  }

  private ends(name: string): Flow<string, string> {
    const { ref, source } = Source.actorRef<string>()
    const toHall = Sink.actorRef(this.hall, { onInitMessage: { joined: ref } })
    const named = Flow.of<string>().map((message) => `${name}: ${message}`)
    return Flow.fromSinkAndSourceCoupled(named.to(toHall), source)
  }
}

beforeEach(() => void logged())
afterEach(() => {
  vi.useRealTimers()
})

describe("the refs of a flow that is made while the flow of a connection runs", () => {
  it.each<Kind>(["an actor", "a sink and a source"])("stay valid after hibernation: %s", async (kind) => {
    const object = new MemoryObject(Halls)
    const ann = await object.connect(kind)
    const bob = await object.connect(kind)
    object.send(ann, "ann")
    object.send(bob, "bob")
    await object.evict()
    object.send(ann, "hi")
    expect([ann.received, bob.received]).toEqual([["ann: hi to 2"], ["ann: hi to 2"]])
    await object.evict()
    object.close(bob, 1000, "")
    await object.evict()
    object.send(ann, "alone")
    expect(ann.received).toEqual(["ann: hi to 2", "ann: alone to 1"])
  })
})
