import { describe, expect, it } from "vitest"
import type { Limits, SlowReaderStrategy } from "../../src/socket/limits.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { closed } from "../support/client.ts"
import { echo, mark, tens } from "../support/slow-flows.ts"
import { SlowClient } from "./slow-client.ts"

describe("the strategy", () => {
  /** Echoes to a client that does not read. */
  const client = (slowReader: SlowReaderStrategy, limits: Limits = {}) =>
    new SlowClient(echo(), { ...mark, ...limits, slowReader })

  it("backpressure drops no message", () => {
    const slow = client("backpressure")
      .send(...tens(1, 100))
      .catchUp()
    expect(slow.received).toEqual(tens(1, 100))
    expect(slow.metrics.drops).toBe(0)
  })

  it("dropNew drops messages while the client is slow", () => {
    const slow = client("dropNew")
      .send(...tens(1, 100))
      .catchUp()
      .send("after")
    expect(slow.read().received).toEqual([...tens(1, 11), "after"])
    expect(slow.metrics.drops).toBe(89)
  })

  it("dropHead keeps the last sixteen", () => {
    const slow = client("dropHead")
      .send(...tens(1, 100))
      .catchUp()
      .send("after")
      .catchUp()
    expect(slow.received).toEqual([...tens(1, 11), ...tens(85, 100), "after"])
    expect(slow.metrics.drops).toBe(73)
  })

  it("dropHead drops nothing if no more than sixteen wait", () => {
    const slow = client("dropHead")
      .send(...tens(1, 27))
      .catchUp()
    expect(slow.received).toEqual(tens(1, 27))
    expect(slow.metrics.drops).toBe(0)
  })

  it("dropHead holds the next message if those that waited have made the client slow again", () => {
    const slow = client("dropHead")
      .send(...tens(1, 27))
      .read()
      .poll()
      .send("after")
    expect(slow.read().received).toEqual(tens(1, 27))
    expect(slow.catchUp().received.at(-1)).toBe("after")
  })

  it("dropHead sends those that wait before it closes", () => {
    const flow = () => Flow.of<string>().take(20)
    const slow = new SlowClient(flow(), { ...mark, slowReader: "dropHead" }).send(...tens(1, 25)).catchUp()
    expect(slow.received).toEqual([...tens(1, 20), closed(1000)])
  })

  it("fail closes with 1013 and a reason", () => {
    const slow = client("fail").send(...tens(1, 100))
    expect(slow.read().received).toEqual([...tens(1, 11), closed(1013, "Too slow")])
    expect(slow.errors).toEqual([])
    expect(slow.isOver).toBe(true)
    expect(slow.metrics).toMatchObject({ overflows: 1, open: 0, closes: new Map([[1013, 1]]) })
  })

  it.each(["dropNew", "dropHead"] as const)("%s never stops the flow", (slowReader) => {
    const seen: string[] = []
    const flow = Flow.of<string>().wireTap(Sink.forEach((text: string) => void seen.push(text)))
    const slow = new SlowClient(flow, { ...mark, maxQueuedMessages: 1, slowReader }).send(...tens(1, 1000))
    expect(slow.metrics.overflows).toBe(0)
    expect(seen).toEqual(tens(1, 1000))
  })
})

describe("a slow client whose object is evicted", () => {
  const slow = (slowReader: SlowReaderStrategy) =>
    new SlowClient(echo(), { ...mark, slowReader }).send(...tens(1, 20)).hibernate(echo())

  it("is slow afterwards, and gets in order the answers to messages that waited in its queue", () => {
    const client = slow("backpressure")
    expect(client.isBehind).toBe(true)
    expect(client.send("after").catchUp().received).toEqual([...tens(1, 20), "after"])
  })

  it("gets its waiting messages in order with dropHead", () => {
    expect(slow("dropHead").send("after").catchUp().received).toEqual([...tens(1, 20), "after"])
  })

  it("gets waiting messages before new ones after a hibernation in which it has read", () => {
    const client = new SlowClient(echo(), { ...mark, slowReader: "dropHead" }).send(...tens(1, 20))
    client.read().hibernate(echo()).send("after")
    expect(client.catchUp().received).toEqual([...tens(1, 20), "after"])
  })

  it("still loses new messages with dropNew", () => {
    const client = slow("dropNew").send("lost").catchUp().send("after").catchUp()
    expect(client.received).toEqual([...tens(1, 11), "after"])
  })

  it("is closed with 1013 by the next message with fail, though it was not slow before", () => {
    const client = new SlowClient(echo(), { ...mark, slowReader: "fail" }).send(...tens(1, 9))
    // The flow does not see frames that a broadcast sends while it hibernates.
    client.broadcast(...tens(10, 12))
    client.hibernate(echo()).send("too much")
    expect(client.read().received).toEqual([...tens(1, 12), closed(1013, "Too slow")])
  })

  it("is polled again", () => {
    const client = slow("backpressure")
    expect(client.read().poll().isBehind).toBe(false)
    expect(client.read().received).toEqual(tens(1, 20))
  })
})
