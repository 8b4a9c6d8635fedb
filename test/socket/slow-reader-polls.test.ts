import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { echo, mark, range, strategies, tens } from "../support/slow-flows.ts"
import { SlowClient } from "./slow-client.ts"

describe("polling slow clients", () => {
  it.each(strategies)("costs no timer while no client is slow: %s", (slowReader) => {
    const client = new SlowClient(echo(), { ...mark, slowReader })
    for (const text of tens(1, 1000)) client.send(text).read()
    expect(client.received).toHaveLength(1000)
    expect(client.pollClock.set).toBe(0)
    expect(client.clock.pending).toBe(0)
  })

  it("reads bufferedAmount only when enough was sent to exceed the mark", () => {
    const client = new SlowClient(echo(), { maxBufferedAmount: 100_000 })
    for (const text of tens(1, 1000)) client.send(text).read()
    expect(client.asked).toBe(0)
  })

  it("assumes the longest UTF-8 of a text, and the overhead of a session, before it reads bufferedAmount", () => {
    const client = new SlowClient(echo(), { maxBufferedAmount: 107 }).send("x".repeat(33))
    expect(client.asked).toBe(0)
    expect(client.read().send("x").asked).toBe(1)
  })

  it("takes one timer at a time, which is cancelled when the client has caught up", () => {
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

  it("has a timer of the flow's clock in case the object is evicted, and no other", () => {
    const client = new SlowClient(range(1000), mark)
    expect(client.clock.pending).toBe(1)
    client.read()
    client.advance(20_000)
    expect(client.isBehind).toBe(true)
    expect(client.read().received.length).toBeGreaterThan(11)
  })
})

describe("the alarm of a slow client, in case its object is evicted (fault 4)", () => {
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

  it("is set again while the client is slow, and polls each time", () => {
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

  it("is cancelled when the client has caught up before", () => {
    const client = slowAt(0).catchUp()
    expect([client.isBehind, client.due]).toEqual([false, Infinity])
  })

  it("is set after an eviction", () => {
    const client = slowAt(5_000).advance(1_000).hibernate(echo())
    expect([client.isBehind, client.due]).toEqual([true, 20_000])
  })
})
