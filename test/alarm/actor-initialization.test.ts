import { Flow, text, webSocket } from "sluice"
import { Actor, oneForOne, Props, Sink, Source, type SupervisorStrategy } from "sluice/actor"
import { FlowObject } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"

let failures: number
let starts: number
let strategy: { supervisorStrategy: SupervisorStrategy } | undefined

class Counter extends Actor<{ text: string; client: { tell(text: string): void } }> {
  override state = 0

  override preStart() {
    starts++
    this.state = 10
    if (failures-- > 0) throw new Error("not yet")
  }

  receive({ text, client }: { text: string; client: { tell(text: string): void } }) {
    client.tell(`${text} ${++this.state}`)
  }
}

class House extends FlowObject {
  private readonly counter = this.actor("counter", Props.of(Counter), strategy)

  protected accept() {
    const { ref: client, source } = Source.actorRef<string>()
    const told = Flow.of<string>().to(Sink.forEach((text: string) => this.counter.tell({ text, client })))
    return webSocket.endpoint(text, Flow.fromSinkAndSource(told, source))
  }
}

beforeEach(() => {
  logged()
  starts = 0
})
afterEach(() => vi.useRealTimers())

describe("an actor of an object that cannot start", () => {
  it("stops, and starts from the beginning with the next message", async () => {
    strategy = undefined
    failures = 1
    const object = new MemoryObject(House)
    const client = await object.connect()
    object.send(client, "lost")
    expect([...object.rows.keys()]).toEqual([])
    await object.evict()
    object.send(client, "a")
    expect(client.received).toEqual(["a 11"])
    expect(starts).toBe(2)
  })

  it("starts again with its messages if its strategy says so", async () => {
    strategy = { supervisorStrategy: oneForOne(() => "restart") }
    failures = 2
    const object = new MemoryObject(House)
    const client = await object.connect()
    object.send(client, "a")
    expect(client.received).toEqual(["a 11"])
    expect(starts).toBe(3)
  })
})
