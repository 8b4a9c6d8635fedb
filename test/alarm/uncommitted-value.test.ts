import { Flow, Sink, text, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"

class House extends FlowObject {
  readonly value = this.cell("value", "0")

  protected accept() {
    return webSocket.endpoint(text, Flow.fromSinkAndSource(Sink.ignore(), this.value.values))
  }

  /** Sets the value in a transaction that ends with the promise, which tells whether to commit. */
  transaction(end: Promise<boolean>): Promise<void> {
    return this.ctx.storage.transaction(async (transaction) => {
      this.value.set("1")
      this.value.set("2")
      if (!(await end)) transaction.rollback()
    })
  }
}

beforeEach(() => void logged())
afterEach(() => vi.useRealTimers())

describe("a subscriber that starts during the transaction in which a cell is set", () => {
  const received = async (isCommitted: boolean) => {
    const object = new MemoryObject(House)
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const ended = object.instance.transaction(promise)
    const client = await object.connect()
    resolve(isCommitted)
    await ended
    object.instance.value.set("3")
    return client.received
  }

  it("gets the values after the commit", async () => expect(await received(true)).toEqual(["0", "1", "2", "3"]))

  it("gets no value that is rolled back", async () => expect(await received(false)).toEqual(["0", "3"]))
})
