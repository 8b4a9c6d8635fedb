import { Flow, Sink, text, webSocket } from "sluice"
import { Actor, Props } from "sluice/actor"
import { FlowObject } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { settled } from "../../src/testing/settled.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"

type Message = "count" | "stop" | "fail" | "stop soon" | "stop in vain"
/** How often the timer of an actor has fired. */
let fired = 0

class Counter extends Actor<Message> {
  override state = 0

  constructor(private readonly house: House) {
    super()
  }

  receive(message: Message) {
    this.state++
    if (message === "stop") this.context.stop(this.self)
    if (message === "fail") throw new Error("Fails, as the test wants it")
    if (message === "stop soon") this.timers.startSingleTimer("stop", "stop in vain", 100)
    // A timer that comes back must not hang the test.
    if (message === "stop in vain" && ++fired < 5) void this.house.inVainLater("stop")
    this.house.numbers.publish(`${message} ${this.state}`)
  }
}

class House extends FlowObject {
  readonly numbers = this.hub<string>("numbers")
  readonly counter = this.actor("counter", Props.of(Counter, this))

  protected accept() {
    const tell = Sink.forEach((message: string) => this.counter.tell(message as Message))
    return webSocket.endpoint(text, Flow.fromSinkAndSource(tell, this.numbers.source()))
  }

  /** Tells messages in a transaction that is rolled back. */
  inVain(...messages: Message[]): void {
    const isRolledBack = new Error("Rolled back, as the test wants it")
    expect(() =>
      this.ctx.storage.transactionSync(() => {
        for (const message of messages) this.counter.tell(message)
        throw isRolledBack
      }),
    ).toThrow(isRolledBack)
  }

  async inVainLater(...messages: Message[]): Promise<void> {
    await this.ctx.storage.transaction(async (transaction) => {
      for (const message of messages) this.counter.tell(message)
      transaction.rollback()
    })
  }
}

beforeEach(() => {
  fired = 0
  logged()
})
afterEach(() => vi.useRealTimers())

describe.each(["inVain", "inVainLater"] as const)(
  "an actor that gets a message in a transaction that is rolled back (%s)",
  (tell) => {
    const run = async (messages: Message[], evicts: boolean) => {
      const object = new MemoryObject(House)
      const client = await object.connect()
      object.send(client, "count")
      object.send(client, "count")
      await object.instance[tell](...messages)
      await settled()
      if (evicts) await object.evict()
      object.send(client, "count")
      if (evicts) await object.evict()
      object.send(client, "count")
      return client.received
    }

    it.each([false, true])("starts anew if that has stopped it (evicted: %s)", async (evicts) => {
      expect(await run(["stop"], evicts)).toEqual(["count 1", "count 2", "count 1", "count 2"])
    })

    it.each([false, true])("keeps its state if it has failed (evicted: %s)", async (evicts) => {
      expect(await run(["count", "fail"], evicts)).toEqual(["count 1", "count 2", "count 4", "count 5"])
    })
  },
)

it("a timer whose actor has stopped in a transaction that is rolled back fires once", async () => {
  const object = new MemoryObject(House)
  object.instance.counter.tell("stop soon")
  for (let round = 0; round < 5; round++) {
    object.advance(100)
    await settled()
  }
  expect(fired).toBe(1)
})
