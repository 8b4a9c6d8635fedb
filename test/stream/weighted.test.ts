import { describe, expect, it } from "vitest"
import { RateExceededError, StreamLimitError } from "../../src/stream/errors.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

const error = new Error("broken")
const broken = (): never => {
  throw error
}
/** The cost of an element is its value. */
const itself = (n: number) => n
const flow = () => Flow.of<number>()

describe("throttle with a cost", () => {
  const throttled = (options: Parameters<Flow<number, number>["throttle"]>[2] = {}) =>
    Probe.flow(() => flow().throttle(1, 100, { cost: itself, ...options })).unbounded()

  it("holds each element back as long as it costs", () => {
    const probe = throttled().send(1, 3)
    expect(probe.received).toEqual([1])
    expect(probe.advance(299).received).toEqual([1])
    expect(probe.advance(1).received).toEqual([1, 3])
  })

  it("lets elements pass that cost no more than the burst together", () => {
    const probe = throttled({ burst: 6 }).send(1, 2, 3, 1)
    expect(probe.received).toEqual([1, 2, 3])
    expect(probe.advance(100).received).toEqual([1, 2, 3, 1])
  })

  it("does not count an element that costs 0", () => {
    expect(throttled().send(1, 0, 0, 0).received).toEqual([1, 0, 0, 0])
  })

  it("holds an element that costs more than the burst back for the rest", () => {
    const probe = throttled({ burst: 2 }).send(5)
    expect(probe.advance(299).received).toEqual([])
    expect(probe.advance(1).received).toEqual([5])
    expect(probe.send(1).advance(99).received).toEqual([5])
    expect(probe.advance(1).received).toEqual([5, 1])
  })

  it("fails a stream that costs too much when it enforces the rate", () => {
    const probe = throttled({ burst: 5, enforce: true }).send(2, 3)
    expect(probe.ended).toBe(undefined)
    expect(probe.send(1).ended).toEqual({ failed: expect.any(RateExceededError) })
    expect(throttled({ burst: 5, enforce: true }).send(6).ended).toEqual({ failed: expect.any(RateExceededError) })
  })

  it("counts the cost of a late element from its emission", () => {
    const probe = throttled({ burst: 3 }).send(3, 2)
    probe.clock.stall(1_000)
    expect(probe.advance(0).send(2).received).toEqual([3, 2])
    expect(probe.advance(100).received).toEqual([3, 2, 2])
  })

  it("fails both ways when cost throws", () => {
    const probe = throttled({ cost: broken }).send(1)
    expect(probe.ended).toEqual({ failed: error })
    expect(probe.cancelled).toEqual({ cause: error })
  })

  it("keeps the cost of the waiting element while it hibernates, and does not compute it again", () => {
    const calls: number[] = []
    const cost = (n: number) => calls.push(n) && n
    const probe = throttled({ burst: 3, cost }).send(3, 2).hibernate()
    probe.clock.stall(1_000)
    expect(probe.advance(0).hibernate().send(2).received).toEqual([3, 2])
    expect(calls).toEqual([3, 2, 2])
    expect(probe.advance(100).received).toEqual([3, 2, 2])
  })
})

describe("limitWeighted", () => {
  const run = (max: number, cost: (n: number) => number, source = Source.range(1, 3)) =>
    source.limitWeighted(max, cost).runWith(Sink.toArray())

  it("emits every element of a stream that costs max", async () => {
    expect(await run(6, itself)).toEqual([1, 2, 3])
    expect(await run(3, () => 1)).toEqual([1, 2, 3])
  })

  it("does not count an element that costs 0", async () => {
    expect(await run(0, () => 0)).toEqual([1, 2, 3])
  })

  it("completes when an empty stream completes, for any max", async () => {
    expect(await run(0, itself, Source.empty())).toEqual([])
  })

  it("fails both ways with the element that costs too much, and does not emit it", () => {
    const probe = Probe.flow(() => flow().limitWeighted(5, itself)).unbounded()
    probe.send(1, 2, 3)
    expect(probe.received).toEqual([1, 2])
    expect(probe.ended).toEqual({ failed: expect.any(StreamLimitError) })
    expect(probe.cancelled).toEqual({ cause: expect.any(StreamLimitError) })
  })

  it("fails both ways when cost throws", async () => {
    await expect(run(9, broken)).rejects.toBe(error)
  })

  it("keeps the cost that is left while it hibernates", () => {
    const probe = Probe.flow(() => flow().limitWeighted(5, itself))
      .unbounded()
      .send(2)
      .hibernate()
      .send(3)
      .hibernate()
    expect(probe.received).toEqual([2, 3])
    expect(probe.send(1).ended).toEqual({ failed: expect.any(StreamLimitError) })
  })
})

describe("groupedWeightedWithin", () => {
  const grouped = (options?: { count: number }) =>
    Probe.flow(() => flow().groupedWeightedWithin(10, "1 second", itself, options))

  it("emits a group as soon as it costs the maximum", () => {
    const probe = grouped().unbounded().send(4, 6, 1)
    expect(probe.received).toEqual([[4, 6]])
    expect(probe.clock.pending).toBe(1)
  })

  it("emits a group when the next element does not fit, and begins the next one with it", () => {
    const probe = grouped().unbounded().send(4, 5, 2)
    expect(probe.received).toEqual([[4, 5]])
    expect(probe.advance(1_000).received).toEqual([[4, 5], [2]])
  })

  it("emits an element that costs more than the maximum alone", () => {
    expect(grouped().unbounded().send(1, 11, 12).received).toEqual([[1], [11], [12]])
  })

  it("emits a group of count elements, for any cost", () => {
    expect(grouped({ count: 2 }).unbounded().send(1, 0, 0, 1, 1).received).toEqual([
      [1, 0],
      [0, 1],
    ])
  })

  it("emits a group when the duration has passed since its first element", () => {
    const probe = grouped().unbounded().advance(5_000).send(1).advance(600).send(2)
    expect(probe.advance(399).received).toEqual([])
    expect(probe.advance(1).received).toEqual([[1, 2]])
    expect(probe.clock.pending).toBe(0)
  })

  it("backpressures when a complete group has no demand and the next group has an element", () => {
    const probe = grouped().send(4, 6)
    expect(probe.demand).toBe(true)
    expect(probe.send(1).demand).toBe(false)
    expect(probe.request(1).demand).toBe(true)
  })

  it("adds elements that cost nothing to a full group without demand, until its time is over", () => {
    const probe = grouped().send(4, 6, 0, 0).hibernate().send(0)
    expect(probe.request(1).received).toEqual([[4, 6, 0, 0, 0]])
    expect(probe.clock.pending).toBe(0)
    probe.send(10, 0).advance(1_000).send(0)
    expect(probe.request(1).received.at(-1)).toEqual([10, 0])
    expect(probe.complete().request(1).received.at(-1)).toEqual([0])
  })

  it("adds nothing to a full group that has count elements, or that is one element that costs more", () => {
    const limited = grouped({ count: 3 }).send(4, 6, 0, 0)
    expect(limited.request(1).received).toEqual([[4, 6, 0]])
    const heavy = grouped().send(11, 0)
    expect(heavy.request(1).received).toEqual([[11]])
  })

  it("emits the last groups when upstream completes, and completes", () => {
    const probe = grouped().send(9, 3).complete().request(1)
    expect(probe.ended).toBe(undefined)
    expect(probe.request(1).received).toEqual([[9], [3]])
    expect(probe.ended).toBe("completed")
  })

  it("loses the group when upstream fails", () => {
    expect(grouped().unbounded().send(1).fail(error).received).toEqual([])
  })

  it("cancels when downstream cancels, and leaves no timer", () => {
    const probe = grouped().send(1).cancel()
    expect(probe.cancelled).toBe(true)
    expect(probe.clock.pending).toBe(0)
  })

  it("fails both ways when cost throws", () => {
    const probe = Probe.flow(() => flow().groupedWeightedWithin(1, 1, broken)).send(1)
    expect(probe.ended).toEqual({ failed: error })
    expect(probe.cancelled).toEqual({ cause: error })
  })

  it("keeps the group, its cost and its due time while it hibernates", () => {
    const probe = grouped().send(9).hibernate().send(3).hibernate()
    expect(probe.demand).toBe(false)
    expect(probe.request(1).hibernate().received).toEqual([[9]])
    expect(probe.send(6, 1).hibernate().unbounded().received).toEqual([[9], [3, 6, 1]])
    expect(probe.send(5).hibernate().advance(999).received.length).toBe(2)
    expect(probe.advance(1).received.at(-1)).toEqual([5])
  })
})
