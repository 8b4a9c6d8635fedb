import { Flow, text, webSocket } from "sluice"
import { type ConnectionInfo, FlowObject } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"
import { MemorySession } from "../support/memory-session.ts"

const within = 60_000
/** Whether the deployed release has durable sessions. */
let durable = false

/** Answers the length of all messages, and publishes the end of each connection. */
class Room extends FlowObject<unknown, string> {
  readonly left = this.hub<string>("left")

  protected accept({ data: name }: ConnectionInfo<string>) {
    const noted = Flow.of<string>().onTermination(({ type }) => this.left.publish(`${name} ${type}`))
    const lengths = noted
      .scan("", (all, message) => all + message)
      .drop(1)
      .map(({ length }) => String(length))
    return webSocket.endpoint(text, lengths.merge(this.left.source()), { resume: { within, durable } })
  }

  /** A transaction that is rolled back when the promise is resolved. */
  rolledBack(until: Promise<void>): Promise<void> {
    return this.ctx.storage.transaction(async (transaction) => {
      await until
      transaction.rollback()
    })
  }
}

const long = "x".repeat(20_000)

beforeEach(() => {
  logged()
  durable = false
})
afterEach(() => vi.useRealTimers())

async function room() {
  const object = new MemoryObject(Room)
  return { object, other: await object.connect("other"), client: await new MemorySession(object, "ann").connect() }
}

describe("the row of a session", () => {
  it("is deleted when a deploy takes durable away, so that the session ends once", async () => {
    durable = true
    const { object, other, client } = await room()
    client.send("a")
    durable = false
    await object.evict()
    client.send("b")
    expect([...object.rows]).toEqual([])
    if (client.socket) object.close(client.socket, 1000, "")
    await object.evict()
    await object.connect("third")
    object.advance(2 * within)
    expect(other.received).toEqual(["ann completed"])
  })

  it("is deleted when its client is back during a transaction that is rolled back", async () => {
    const { object, client } = await room()
    client.drop()
    const end = Promise.withResolvers<void>()
    const rolledBack = object.instance.rolledBack(end.promise)
    await client.connect()
    end.resolve()
    await rolledBack
    expect([client.read().session.isOpen, [...object.rows]]).toEqual([true, []])
  })

  it.each([false, true])(
    "is found by a second socket that takes over, although it has spilled: durable %s",
    async (isDurable) => {
      durable = isDurable
      const { object, client } = await room()
      client.send(long)
      await client.connect()
      client.send("a")
      await object.evict()
      client.send("b")
      expect(client.received).toEqual(["20000", "20001", "20002"])
      client.drop()
      await object.evict()
      await client.connect()
      expect(client.send("c").received.slice(3)).toEqual(["20003"])
      if (client.socket) object.close(client.socket, 1000, "")
      expect([client.read().received.slice(4), [...object.rows]]).toEqual([[closed(1000)], []])
    },
  )
})
