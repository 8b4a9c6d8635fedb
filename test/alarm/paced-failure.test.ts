import { Flow, Sink, Source, text, webSocket } from "sluice"
import { type ConnectionContext, FlowObject } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { LogEntry } from "../../src/stream/logger.ts"
import { closed } from "../support/client.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"

type Role = "publisher" | "delayed" | "subscriber" | "slow"

/** A hub with backpressure that cannot publish the element "bad". */
class Room extends FlowObject<unknown, Role> {
  private readonly news = this.hub<string>("news", {
    backpressure: true,
    partition: (ids, line) => {
      if (line === "bad") throw new Error("There is no partition for bad")
      return ids[0]
    },
  })

  protected accept({ data }: ConnectionContext<Role>) {
    const publishing = (lines: Flow<string, string>) =>
      Flow.fromSinkAndSource(lines.to(this.news.sink()), Source.never())
    const listening = (source: Source<string>) => Flow.fromSinkAndSource(Sink.ignore(), source)
    const flows: Record<Role, () => Flow<string, string>> = {
      publisher: () => publishing(Flow.of<string>()),
      delayed: () => publishing(Flow.of<string>().delay("1 second")),
      subscriber: () => listening(this.news.source()),
      slow: () => listening(this.news.source({ bufferSize: 1 }).throttle(1, "1 second")),
    }
    return webSocket.endpoint(text, flows[data]())
  }
}

let errors: LogEntry[]
let object: MemoryObject<Room>

beforeEach(() => {
  errors = logged()
  object = new MemoryObject(Room)
})
afterEach(() => vi.useRealTimers())

const causes = () => errors.map(({ event, cause }) => `${event}: ${cause}`)
const failure = "flow failed: Error: There is no partition for bad"

describe("an element that a hub with backpressure cannot publish", () => {
  it.each([false, true])("fails its publisher alone, when a subscriber makes room (sleeps: %s)", async (sleeps) => {
    const slow = await object.connect("slow")
    const [first, bad, last] = [
      await object.connect("publisher"),
      await object.connect("publisher"),
      await object.connect("publisher"),
    ]
    for (const line of ["1", "2", "3"]) object.send(first, line)
    object.send(bad, "bad")
    object.send(last, "4")
    expect(bad.received).toEqual([])
    if (sleeps) await object.evict()
    for (let second = 0; second < 30; second++) object.advance(1_000)
    expect(slow.received).toEqual(["1", "2", "3", "4"])
    expect(bad.received).toEqual([closed(1011)])
    object.send(first, "5")
    object.send(last, "6")
    for (let second = 0; second < 30; second++) object.advance(1_000)
    expect(slow.received).toEqual(["1", "2", "3", "4", "5", "6"])
    expect(causes()).toEqual([failure])
    expect(object.alarm).toBe(null)
  })

  it("fails its publisher alone, when a subscriber leaves", async () => {
    const [slow, other] = [await object.connect("slow"), await object.connect("subscriber")]
    const [first, bad] = [await object.connect("publisher"), await object.connect("publisher")]
    for (const line of ["1", "2", "3"]) object.send(first, line)
    object.send(bad, "bad")
    object.close(slow, 1000, "")
    expect([slow.received, bad.received]).toEqual([["1", closed(1000)], [closed(1011)]])
    object.send(first, "4")
    expect(other.received).toEqual(["4"])
    expect(causes()).toEqual([failure])
  })

  it("fails its publisher alone, when there is room", async () => {
    const subscriber = await object.connect("subscriber")
    const [first, second] = [await object.connect("delayed"), await object.connect("delayed")]
    object.send(first, "bad")
    object.send(second, "1")
    object.advance(1_000)
    expect([first.received, subscriber.received]).toEqual([[closed(1011)], ["1"]])
    expect(causes()).toEqual([failure])
  })

  it("fails its publisher alone, when the publisher has ended", async () => {
    const slow = await object.connect("slow")
    const [first, bad] = [await object.connect("publisher"), await object.connect("publisher")]
    for (const line of ["1", "2", "3"]) object.send(first, line)
    object.send(bad, "bad")
    object.close(bad, 1000, "")
    for (let second = 0; second < 30; second++) object.advance(1_000)
    object.send(first, "4")
    expect([slow.received, bad.received]).toEqual([["1", "2", "3", "4"], [closed(1000)]])
    expect(object.alarm).toBe(null)
  })
})
