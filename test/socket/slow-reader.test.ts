import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { withDefaults } from "../../src/socket/limits.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Source } from "../../src/stream/source.ts"
import { closed } from "../support/client.ts"
import { echo, mark, range, strategies, ten, tens } from "../support/slow-flows.ts"
import { SlowClient, UntoldClient } from "./slow-client.ts"

describe("a client that reads too slowly", () => {
  it("gets messages until the buffer is above the mark, and then there is no demand", () => {
    const client = new SlowClient(range(1000), mark)
    expect(client.isBehind).toBe(true)
    // The eleventh exceeds it.
    expect(client.read().received).toEqual(tens(1, 11))
  })

  it("gets nothing more while it does not read, for any number of polls and messages (fault 4)", () => {
    const flow = Flow.of<string>().merge(Source.range(1, 1000).map((n) => ten(String(n))))
    const client = new SlowClient(flow, mark)
    for (let n = 0; n < 20; n++) client.send("a message").poll()
    expect(client.read().received).toEqual(tens(1, 11))
  })

  it("gets more as soon as it has read enough to be below the mark", () => {
    const client = new SlowClient(range(1000), mark)
    expect(client.poll().isBehind).toBe(true)
    expect(client.read(1).poll().received).toEqual(tens(1, 1))
    expect(client.catchUp().received).toEqual([...tens(1, 1000), closed(1000)])
  })

  it("loses no message, for any pace of reading", () => {
    const happening = fc.record({ reads: fc.nat(30), looks: fc.boolean(), sleeps: fc.boolean() })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.array(happening), (maxBufferedAmount, script) => {
        const client = new SlowClient(range(100), { maxBufferedAmount })
        for (const { reads, looks, sleeps } of script) {
          client.read(reads)
          if (looks) client.poll()
          if (sleeps) client.hibernate(range(100))
        }
        expect(client.catchUp().received).toEqual([...tens(1, 100), closed(1000)])
        expect([client.pollClock.pending, client.clock.pending]).toEqual([0, 0])
      }),
    )
  })

  it("is polled with each of its messages, too", () => {
    const flow = Flow.of<string>().merge(Source.range(1, 100).map(String))
    const client = new SlowClient(flow, { maxBufferedAmount: 20 })
    const before = client.read().received.length
    client.send("hello").read()
    expect(client.received.length).toBeGreaterThan(before)
  })

  it("makes its messages wait in the inbox, which has its own limit", () => {
    const client = new SlowClient(echo(), { ...mark, maxQueuedMessages: 5 })
    client.send(...tens(1, 11 + 5))
    expect(client.isBehind).toBe(true)
    client.send("one too many")
    expect(client.catchUp().received).toEqual([...tens(1, 11), closed(1013, "The inbox is full")])
  })

  it("gets the remaining elements when the flow completes meanwhile", () => {
    const client = new SlowClient(echo(), mark).send(...tens(1, 15)).close(4000)
    expect(client.catchUp().received).toEqual([...tens(1, 11), closed(4000)])
    expect(client.isOver).toBe(true)
  })
})

describe("a slow client that has closed", () => {
  const seen: string[] = []
  const noting = () =>
    Flow.of<string>().map((text) => {
      seen.push(text)
      return text
    })

  it.each(["vanish", "close"] as const)("by %s has its messages handled to the end", (leave) => {
    seen.length = 0
    const client = new SlowClient(noting(), mark).send(...tens(1, 20))
    expect(seen).toEqual(tens(1, 11))
    client[leave]()
    expect(seen).toEqual(tens(1, 20))
    expect(client.isOver).toBe(true)
    expect([client.pollClock.pending, client.clock.pending]).toEqual([0, 0])
  })
})

describe("the mark", () => {
  it.each([0, -1, Number.NaN])("is a RangeError if it is %d", (maxBufferedAmount) => {
    expect(() => withDefaults({ maxBufferedAmount })).toThrow(RangeError)
  })

  it("is 1 MiB by default, and the strategy is backpressure", () => {
    expect(withDefaults({})).toMatchObject({ maxBufferedAmount: 1_048_576, slowReader: "backpressure" })
    const block = "x".repeat(1_024)
    const client = new SlowClient(Flow.of<string>(), { maxQueuedMessages: 10 }).send(
      ...Array<string>(1_024).fill(block),
    )
    expect(client.isBehind).toBe(false)
    expect(client.send("x").isBehind).toBe(true)
  })
})

describe("on a runtime without bufferedAmount", () => {
  it.each(strategies)("no client is slow: %s", (slowReader) => {
    const client = new UntoldClient(echo(), { ...mark, slowReader }).send(...tens(1, 1000))
    expect(client.read().received).toEqual(tens(1, 1000))
    expect(client.isBehind).toBe(false)
    expect([client.pollClock.pending, client.clock.pending, client.metrics.drops]).toEqual([0, 0, 0])
  })

  it("no client is slow after hibernation", () => {
    const client = new UntoldClient(echo(), mark)
      .send(...tens(1, 50))
      .hibernate(echo())
      .send(...tens(51, 100))
    expect(client.read().received).toEqual(tens(1, 100))
  })

  it("all elements of a long flow are sent", () => {
    expect(new UntoldClient(range(1000), mark).read().received).toEqual([...tens(1, 1000), closed(1000)])
  })
})
