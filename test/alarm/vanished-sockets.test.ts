import { Flow, text, webSocket } from "sluice"
import { type ConnectionContext, FlowObject } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { MemoryObject } from "../support/memory-object.ts"
import { MemorySession } from "../support/memory-session.ts"

const heard: string[] = []

beforeEach(() => {
  heard.length = 0
})
afterEach(() => {
  vi.useRealTimers()
})

/** Sends each message but `hello` to all clients, and notes which connections get it. */
class Room extends FlowObject<unknown, { name: string }> {
  private readonly said = this.hub<string>("said")
  protected override readonly maxDetached = 1

  protected accept({ data: { name } }: ConnectionContext<{ name: string }>) {
    const noted = this.said.source().map((message) => {
      heard.push(`${name}: ${message}`)
      return message
    })
    const saying = Flow.of<string>()
      .filter((message) => message !== "hello")
      .to(this.said.sink())
    const flow = Flow.fromSinkAndSource(saying, noted)
    return webSocket.endpoint(text, flow, { resume: { within: "1 hour", durable: true } })
  }
}

/** Ann's flow is in memory, and her socket has vanished: the runtime does not list it, and has not reported its close. */
async function vanished() {
  const object = new MemoryObject(Room)
  const join = (name: string) => new MemorySession(object, { name }).connect()
  const [ann, bob] = [await join("ann"), await join("bob")]
  await object.evict()
  ann.send("hello").vanish()
  return { object, ann, bob }
}

describe("a durable connection whose socket has vanished", () => {
  it("is not restored a second time beside its flow in memory", async () => {
    const { object, ann, bob } = await vanished()
    bob.send("from bob")
    object.noticeVanished()
    await ann.connect()
    expect(heard.toSorted()).toEqual(["ann: from bob", "bob: from bob"])
    expect([ann.received, ann.resyncs]).toEqual([["from bob"], 0])
  })

  it("goes on with another socket, and counts its messages once", async () => {
    const { ann } = await vanished()
    await ann.connect()
    ann.send("again")
    expect(heard.toSorted()).toEqual(["ann: again", "bob: again"])
    ann.vanish()
    await ann.connect()
    expect([ann.received, ann.resyncs]).toEqual([["again"], 0])
  })

  it("does not count as a session without a socket once it goes on with another", async () => {
    const { ann, bob } = await vanished()
    bob.send("from bob")
    await ann.connect()
    bob.drop()
    expect([ann.send("from ann").received, ann.resyncs]).toEqual([["from bob", "from ann"], 0])
    await bob.connect()
    expect([bob.received, bob.resyncs]).toEqual([["from bob", "from ann"], 0])
  })
})
