import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type Limits, type SlowReaderStrategy, withDefaults } from "../../src/socket/limits.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { closed } from "../support/client.ts"
import { SlowClient, UntoldClient } from "./slow-client.ts"

const strategies: SlowReaderStrategy[] = ["backpressure", "dropHead", "dropNew", "fail"]
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => String(from + index))
/** Ten bytes each. */
const ten = (text: string) => text.padStart(10, "0")
const tens = (from: number, to: number) => numbers(from, to).map(ten)
const mark = { maxBufferedAmount: 100 }
/** Sends so many elements as fast as they are taken. */
const range = (to: number) =>
  Flow.fromSinkAndSource(
    Sink.ignore(),
    Source.range(1, to).map((n) => ten(String(n))),
  )
const echo = () => Flow.of<string>()

describe("a client that reads too slowly", () => {
  it("gets what is above the mark, and then there is no demand", () => {
    const client = new SlowClient(range(1000), mark)
    expect(client.isBehind).toBe(true)
    // The eleventh is the one that went above it.
    expect(client.read().received).toEqual(tens(1, 11))
  })

  it("gets nothing more however often it is polled, and whatever it sends, as long as it does not read (fault 4)", () => {
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

  it("loses nothing, however it reads", () => {
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

  it("is looked after when something comes from it, too", () => {
    const flow = Flow.of<string>().merge(Source.range(1, 100).map(String))
    const client = new SlowClient(flow, { maxBufferedAmount: 20 })
    const before = client.read().received.length
    client.send("hello").read()
    expect(client.received.length).toBeGreaterThan(before)
  })

  it("makes its messages wait in the inbox, and the inbox has its own limit", () => {
    const client = new SlowClient(echo(), { ...mark, maxQueuedMessages: 5 })
    client.send(...tens(1, 11 + 5))
    expect(client.isBehind).toBe(true)
    client.send("one too many")
    expect(client.catchUp().received).toEqual([...tens(1, 11), closed(1013, "The inbox is full")])
  })

  it("gets what the flow had for it when the flow completes meanwhile", () => {
    const client = new SlowClient(echo(), mark).send(...tens(1, 15)).close(4000)
    expect(client.catchUp().received).toEqual([...tens(1, 11), closed(4000)])
    expect(client.isOver).toBe(true)
  })
})

describe("a slow client that has left", () => {
  const seen: string[] = []
  const noting = () =>
    Flow.of<string>().map((text) => {
      seen.push(text)
      return text
    })

  it.each(["vanish", "close"] as const)("by %s has what it sent worked on to the end", (leave) => {
    seen.length = 0
    const client = new SlowClient(noting(), mark).send(...tens(1, 20))
    expect(seen).toEqual(tens(1, 11))
    client[leave]()
    expect(seen).toEqual(tens(1, 20))
    expect(client.isOver).toBe(true)
    expect([client.pollClock.pending, client.clock.pending]).toEqual([0, 0])
  })
})

describe("the strategy", () => {
  /** Echoes to a client that does not read. */
  const client = (slowReader: SlowReaderStrategy, limits: Limits = {}) =>
    new SlowClient(echo(), { ...mark, ...limits, slowReader })

  it("backpressure drops nothing", () => {
    const slow = client("backpressure")
      .send(...tens(1, 100))
      .catchUp()
    expect(slow.received).toEqual(tens(1, 100))
    expect(slow.metrics.drops).toBe(0)
  })

  it("dropNew drops what comes while the client is slow", () => {
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

  it("dropHead drops nothing where no more than sixteen wait", () => {
    const slow = client("dropHead")
      .send(...tens(1, 27))
      .catchUp()
    expect(slow.received).toEqual(tens(1, 27))
    expect(slow.metrics.drops).toBe(0)
  })

  it("dropHead sends those that wait before it closes", () => {
    const flow = () => Flow.of<string>().take(20)
    const slow = new SlowClient(flow(), { ...mark, slowReader: "dropHead" }).send(...tens(1, 25)).catchUp()
    expect(slow.received).toEqual([...tens(1, 20), closed(1000)])
  })

  it("fail closes with 1013, and says why", () => {
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

  it("is slow afterwards, and gets in order what waited in the maxQueuedMessages", () => {
    const client = slow("backpressure")
    expect(client.isBehind).toBe(true)
    expect(client.send("after").catchUp().received).toEqual([...tens(1, 20), "after"])
  })

  it("gets in order what waited for it with dropHead", () => {
    expect(slow("dropHead").send("after").catchUp().received).toEqual([...tens(1, 20), "after"])
  })

  it("gets what waited before what comes after a sleep in which it has read", () => {
    const client = new SlowClient(echo(), { ...mark, slowReader: "dropHead" }).send(...tens(1, 20))
    client.read().hibernate(echo()).send("after")
    expect(client.catchUp().received).toEqual([...tens(1, 20), "after"])
  })

  it("still loses what comes with dropNew", () => {
    const client = slow("dropNew").send("lost").catchUp().send("after").catchUp()
    expect(client.received).toEqual([...tens(1, 11), "after"])
  })

  it("is closed with 1013 by the next message with fail, though it was not slow before", () => {
    const client = new SlowClient(echo(), { ...mark, slowReader: "fail" }).send(...tens(1, 9))
    // What a broadcast sends in its sleep is not seen by the flow.
    client.broadcast(...tens(10, 12))
    client.hibernate(echo()).send("too much")
    expect(client.read().received).toEqual([...tens(1, 12), closed(1013, "Too slow")])
  })

  it("is looked after again", () => {
    const client = slow("backpressure")
    expect(client.read().poll().isBehind).toBe(false)
    expect(client.read().received).toEqual(tens(1, 20))
  })
})

describe("looking after slow clients", () => {
  it.each(strategies)("costs no timer while no client is slow: %s", (slowReader) => {
    const client = new SlowClient(echo(), { ...mark, slowReader })
    for (const text of tens(1, 1000)) client.send(text).read()
    expect(client.received).toHaveLength(1000)
    expect(client.pollClock.set).toBe(0)
    expect(client.clock.pending).toBe(0)
  })

  it("asks the socket only when so much was sent that it may matter", () => {
    const client = new SlowClient(echo(), { maxBufferedAmount: 100_000 })
    for (const text of tens(1, 1000)) client.send(text).read()
    expect(client.asked).toBe(0)
  })

  it("takes a text for the longest that its UTF-8 may be, before it asks", () => {
    const client = new SlowClient(echo(), { maxBufferedAmount: 100 }).send("x".repeat(33))
    expect(client.asked).toBe(0)
    expect(client.read().send("x").asked).toBe(1)
  })

  it("takes one timer at a time, which is gone when the client has caught up", () => {
    const client = new SlowClient(range(20), mark)
    for (let n = 0; n < 10; n++) expect(client.poll().pollClock.pending).toBe(1)
    client.catchUp()
    expect([client.pollClock.pending, client.clock.pending]).toEqual([0, 0])
  })

  it("takes no timer after an event of a client that has caught up", () => {
    const client = new SlowClient(echo(), mark).send(...tens(1, 20)).read()
    expect(client.send("after").isBehind).toBe(false)
    expect([client.pollClock.pending, client.due]).toEqual([0, Infinity])
  })

  it("begins anew with short waits when a client is slow again", () => {
    const client = new SlowClient(echo(), mark).send(...tens(1, 20))
    client.pollClock.advance(60_000)
    client.read().send("after").read()
    expect(client.send(...tens(1, 20)).isBehind).toBe(true)
    client.read()
    client.pollClock.advance(20)
    expect(client.isBehind).toBe(false)
  })

  it("becomes rarer the longer it takes", () => {
    const client = new SlowClient(range(20), mark)
    const looks = () => {
      const before = client.pollClock.set
      client.pollClock.advance(10_000)
      return client.pollClock.set - before
    }
    const [first, ...later] = [looks(), looks(), looks()]
    expect(first).toBeGreaterThan(5)
    expect(later).toEqual([5, 5])
  })

  it("ends with the connection", () => {
    const client = new SlowClient(range(1000), mark).vanish()
    expect([client.pollClock.pending, client.clock.pending]).toEqual([0, 0])
  })

  it.each([
    { end: "fails", flow: Flow.of<string>().idleTimeout(100) },
    { end: "completes", flow: Flow.of<string>().takeWithin(100) },
  ])("ends with a flow that $end meanwhile", ({ flow }) => {
    const client = new SlowClient(flow, mark).send(...tens(1, 20)).advance(100)
    expect(client.isBehind).toBe(false)
    expect([client.pollClock.pending, client.clock.pending]).toEqual([0, 0])
  })

  it("has a timer of the flow's clock in case that the object is evicted, and no other", () => {
    const client = new SlowClient(range(1000), mark)
    expect(client.clock.pending).toBe(1)
    client.read()
    client.advance(20_000)
    expect(client.isBehind).toBe(true)
    expect(client.read().received.length).toBeGreaterThan(11)
  })
})

describe("the alarm of a slow client, in case that its object is evicted (fault 4)", () => {
  const slowAt = (time: number) => new SlowClient(echo(), mark).advance(time).send(...tens(1, 20))

  it.each([
    [0, 20_000],
    [1, 20_000],
    [9_999, 20_000],
    [10_000, 30_000],
    [13_456, 30_000],
    [25_000, 40_000],
  ])("is on a grid of ten seconds, which all slow clients share: from %i on at %i", (time, due) => {
    expect(slowAt(time).due).toBe(due)
  })

  it("is set again for as long as the client is slow, and looks each time", () => {
    const client = slowAt(5_000)
    for (const due of [20_000, 40_000, 60_000]) {
      expect(client.due).toBe(due)
      client.advance(due - client.clock.now())
      expect(client.isBehind).toBe(true)
    }
    client.read().advance(20_000)
    expect([client.isBehind, client.due]).toEqual([false, Infinity])
    expect(client.read().received).toEqual(tens(1, 20))
  })

  it("is taken back when the client has caught up before", () => {
    const client = slowAt(0).catchUp()
    expect([client.isBehind, client.due]).toEqual([false, Infinity])
  })

  it("is there after an eviction", () => {
    const client = slowAt(5_000).advance(1_000).hibernate(echo())
    expect([client.isBehind, client.due]).toEqual([true, 20_000])
  })
})

describe("the mark", () => {
  it.each([0, -1, Number.NaN])("is a RangeError where it is %d", (maxBufferedAmount) => {
    expect(() => withDefaults({ maxBufferedAmount })).toThrow(RangeError)
  })

  it("is 1 MiB where nothing is said, and the strategy is backpressure", () => {
    expect(withDefaults({})).toMatchObject({ maxBufferedAmount: 1_048_576, slowReader: "backpressure" })
    const block = "x".repeat(1_024)
    const client = new SlowClient(Flow.of<string>(), { maxQueuedMessages: 10 }).send(
      ...Array<string>(1_024).fill(block),
    )
    expect(client.isBehind).toBe(false)
    expect(client.send("x").isBehind).toBe(true)
  })
})

describe("where the runtime does not tell what is on its way", () => {
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

  it("a flow that never stops is told to the end", () => {
    expect(new UntoldClient(range(1000), mark).read().received).toEqual([...tens(1, 1000), closed(1000)])
  })
})
