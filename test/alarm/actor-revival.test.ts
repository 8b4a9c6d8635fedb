import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { Actor, Props, Sink, Source, Terminated } from "../../src/actor.ts"
import { type ActorOptions, FlowObject } from "../../src/durable.ts"
import { Flow, text, webSocket } from "../../src/index.ts"
import { type LogEntry, setLogger } from "../../src/stream/logger.ts"
import { MemoryObject } from "../support/memory-object.ts"

/** Whether the deployed release has the class of the child. */
let hasChildren = true
let migrate: ActorOptions["migrate"]
const logged: LogEntry[] = []

class Child extends Actor<string> {
  receive() {}
}

class Parent extends Actor<{ text: string; client: { tell(text: string): void } } | Terminated> {
  override state = 0
  override readonly childTypes: Record<string, typeof Child> = hasChildren ? { Child } : {}

  override preStart() {
    if (hasChildren) this.context.actorOf(Props.of(Child), "child")
  }

  receive(message: { text: string; client: { tell(text: string): void } } | Terminated) {
    if (!(message instanceof Terminated)) message.client.tell(`${message.text} ${++this.state}`)
  }
}

class House extends FlowObject {
  private readonly parent = this.actor("parent", Props.of(Parent), { migrate })

  protected accept() {
    const { ref: client, source } = Source.actorRef<string>()
    const told = Flow.of<string>().to(Sink.forEach((text: string) => this.parent.tell({ text, client })))
    return webSocket.endpoint(text, Flow.fromSinkAndSource(told, source))
  }
}

beforeEach(() => {
  hasChildren = true
  migrate = undefined
  logged.length = 0
  setLogger((entry) => void logged.push(entry))
})
afterEach(() => {
  vi.useRealTimers()
})

describe("an actor that cannot be restored after a deploy (fault 43)", () => {
  it("refuses messages, is logged once, and continues after a rollback", async () => {
    const object = new MemoryObject(House)
    const client = await object.connect()
    object.send(client, "a")
    object.send(client, "b")
    hasChildren = false
    await object.evict()
    object.send(client, "c")
    object.send(client, "d")
    expect(client.received).toEqual(["a 1", "b 2"])
    expect(logged.filter(({ level }) => level === "error")).toEqual([
      expect.objectContaining({ event: "cannot be restored", name: "/parent", cause: expect.any(Error) }),
    ])
    hasChildren = true
    await object.evict()
    object.send(client, "e")
    expect(client.received).toEqual(["a 1", "b 2", "e 3"])
  })

  it("continues from the snapshot that its migrate returns", async () => {
    const object = new MemoryObject(House)
    const client = await object.connect()
    object.send(client, "a")
    hasChildren = false
    migrate = ({ children: _, ...snapshot }) => ({ ...snapshot, state: 10 })
    await object.evict()
    object.send(client, "b")
    await object.evict()
    object.send(client, "c")
    expect(client.received).toEqual(["a 1", "b 11", "c 12"])
  })
})
