import { Flow, Sink, text, webSocket } from "sluice"
import { Actor, Props } from "sluice/actor"
import { FlowObject } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"

/** Publishes its messages. Its state cannot be stored after "unstorable". */
class Teller extends Actor<string> {
  override state: unknown = undefined

  constructor(private readonly out: { publish(text: string): void }) {
    super()
  }

  receive(message: string) {
    this.state = message === "unstorable" ? () => message : message
    this.out.publish(message)
  }
}

class Board extends FlowObject {
  readonly news = this.hub<string>("news", { batchWindow: "1 minute" })
  readonly teller = this.actor("teller", Props.of(Teller, this.news))

  protected accept() {
    return webSocket.endpoint(text, Flow.fromSinkAndSource(Sink.ignore(), this.news.source()))
  }

  transaction(run: () => void): void {
    this.ctx.storage.transactionSync(run)
  }

  destroyed(): Promise<void> {
    return this.destroy()
  }

  /** An element with `except` follows the collected ones. */
  endWindow(): void {
    this.news.publish("end", { except: "no connection" })
  }
}

let object: MemoryObject<Board>

beforeEach(() => {
  logged()
  object = new MemoryObject(Board)
})
afterEach(() => vi.useRealTimers())

describe("an element that a hub with a batchWindow collects", () => {
  it("is published after the commit of its transaction, in order", async () => {
    const client = await object.connect()
    object.instance.news.publish("a")
    object.instance.transaction(() => {
      object.instance.news.publish("b")
      object.instance.endWindow()
      expect(client.received).toEqual([])
    })
    expect(client.received).toEqual(["a", "b", "end"])
  })

  it("is not published if its transaction is rolled back", async () => {
    const client = await object.connect()
    const publish = () => {
      object.instance.news.publish("rolled back")
      throw new Error("no")
    }
    expect(() => object.instance.transaction(publish)).toThrow("no")
    object.instance.endWindow()
    expect(client.received).toEqual(["end"])
  })

  it("is not published if the actor that publishes it cannot be stored", async () => {
    const client = await object.connect()
    for (const message of ["unstorable", "a"]) object.instance.teller.tell(message)
    object.instance.endWindow()
    expect(client.received).toEqual(["a", "end"])
  })

  it("is not published by the object that follows a destroyed one", async () => {
    object.instance.news.publish("a")
    await object.instance.destroyed()
    const client = await object.connect()
    object.instance.endWindow()
    expect(client.received).toEqual(["end"])
  })
})
