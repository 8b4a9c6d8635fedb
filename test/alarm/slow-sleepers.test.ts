import { Flow, type Limits, text, webSocket } from "sluice"
import { type ConnectionContext, FlowObject } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"
import { MemorySession } from "../support/memory-session.ts"

interface Member {
  slowReader: Limits["slowReader"]
  durable?: boolean | undefined
}

/** Repeats each message, and sends the news. */
class Room extends FlowObject<unknown, Member> {
  readonly news = this.hub<string>("news", { keep: 10 })

  protected accept({ data: { slowReader, durable } }: ConnectionContext<Member>) {
    return webSocket.endpoint(text, Flow.of<string>().mergePreferred(this.news.source()), {
      ...(durable !== undefined && { resume: { within: "1 minute", durable } }),
      limits: { maxBufferedAmount: 40, slowReader },
    })
  }
}

const long = "a message that is longer than 40 bytes is too long"
const tooSlow = closed(1013, "Too slow")

beforeEach(() => void logged())
afterEach(() => vi.useRealTimers())

describe.each([
  ["awake", async () => {}],
  ["hibernating", (object: MemoryObject<Room>) => object.evict()],
])("a client that is %s", (_, sleep) => {
  it("is closed with 1013 by slowReader fail for an element above maxBufferedAmount", async () => {
    const object = new MemoryObject(Room)
    const client = await object.connect({ slowReader: "fail" })
    await sleep(object)
    object.instance.news.publish(long)
    expect(client.received).toEqual([long, tooSlow])
  })

  it.each([false, true])("is the same with a session: durable %s", async (durable) => {
    const object = new MemoryObject(Room)
    const client = await new MemorySession(object, { slowReader: "fail", durable }).connect()
    await sleep(object)
    object.instance.news.publish(long)
    expect(client.read().received).toEqual([long, tooSlow])
  })

  it("is not slow if its unacknowledged messages and an element of a log exceed maxBufferedAmount together only", async () => {
    const object = new MemoryObject(Room)
    const client = await new MemorySession(object, { slowReader: "fail", durable: false }).connect()
    client.transmit("a message of 23 bytes..")
    await sleep(object)
    object.instance.news.publish("and another of 26 bytes...")
    expect(client.read().received).toEqual(["a message of 23 bytes..", "and another of 26 bytes..."])
  })

  it.each(["fail", "dropNew", "dropHead"] as const)(
    "is not slow because of messages that it has acknowledged: slowReader %s",
    async (slowReader) => {
      const object = new MemoryObject(Room)
      const client = await new MemorySession(object, { slowReader, durable: false }).connect()
      const messages = ["twenty bytes of it..", "twenty bytes more...", "and twenty bytes....", "the last 20 bytes..."]
      for (const message of messages) {
        client.send(message)
        await sleep(object)
      }
      expect(client.received).toEqual(messages)
    },
  )

  it.each(["fail", "dropNew", "dropHead", "backpressure"] as const)(
    "gets the elements of a log that it has missed without a socket, however large they are: slowReader %s",
    async (slowReader) => {
      const object = new MemoryObject(Room)
      const client = await new MemorySession(object, { slowReader, durable: false }).connect()
      client.drop()
      await sleep(object)
      const missed = ["twenty bytes of it..", "twenty bytes more...", "and twenty bytes....", "the last 20 bytes..."]
      for (const element of missed) object.instance.news.publish(element)
      await sleep(object)
      await client.connect()
      expect(client.received).toEqual(missed)
    },
  )
})
