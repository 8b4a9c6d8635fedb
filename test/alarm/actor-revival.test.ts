import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { Actor, Props, Sink, Source, Terminated } from "../../src/actor.ts"
import { FlowObject } from "../../src/durable.ts"
import { Flow, text, webSocket } from "../../src/index.ts"
import { type LogEntry, setLogger } from "../../src/stream/logger.ts"
import { MemoryObject } from "../support/memory-object.ts"

/** A deploy that has lost a class. */
let hasChildren = true
const logged: LogEntry[] = []

class Child extends Actor<string> {
  receive() {}
}

class Parent extends Actor<{ text: string; client: { tell(text: string): void } } | Terminated> {
  override state = 0
  override readonly kinds: Record<string, typeof Child> = hasChildren ? { Child } : {}

  override preStart() {
    if (hasChildren) this.context.actorOf(Props.of(Child), "child")
  }

  receive(message: { text: string; client: { tell(text: string): void } } | Terminated) {
    if (!(message instanceof Terminated)) message.client.tell(`${message.text} ${++this.state}`)
  }
}

class House extends FlowObject {
  private readonly parent = this.actor("parent", Props.of(Parent))

  protected accept() {
    const { ref: client, source } = Source.actorRef<string>()
    const told = Flow.of<string>().to(Sink.forEach((text: string) => this.parent.tell({ text, client })))
    return webSocket.flow(text, Flow.fromSinkAndSource(told, source))
  }
}

beforeEach(() => {
  hasChildren = true
  logged.length = 0
  setLogger((entry) => void logged.push(entry))
})
afterEach(() => {
  vi.useRealTimers()
})

describe("an actor that cannot be made again after a sleep", () => {
  it("is logged once, and begins anew with the next message, whoever was there before", async () => {
    const object = new MemoryObject(House)
    const client = await object.connect()
    object.send(client, "a")
    object.send(client, "b")
    hasChildren = false
    await object.evict()
    object.send(client, "c")
    object.send(client, "d")
    expect(client.received).toEqual(["a 1", "b 2", "c 1", "d 2"])
    expect(logged).toEqual([
      expect.objectContaining({ event: "actor failed", endpoint: "/parent", cause: expect.any(Error) }),
    ])
  })
})
