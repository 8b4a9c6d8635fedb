import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

const error = new Error("broken")
const broken = (): never => {
  throw error
}
const alone = (n: number) => [n]
const together = (batch: number[], n: number) => [...batch, n]
const flow = () => Flow.of<number>()

describe("conflateWithSeed", () => {
  const conflated = (seed = alone, aggregate = together) => Probe.flow(() => flow().conflateWithSeed(seed, aggregate))

  it("emits the seed of each element when downstream is fast", () => {
    expect(conflated().unbounded().send(1, 2).received).toEqual([[1], [2]])
  })

  it("never backpressures, and aggregates the elements that arrive without demand", () => {
    const probe = conflated().send(1, 2, 3)
    expect(probe.demand).toBe(true)
    expect(probe.request(1).received).toEqual([[1, 2, 3]])
    expect(probe.request(1).send(4).received).toEqual([[1, 2, 3], [4]])
  })

  it("completes when upstream completes and the held value was emitted", () => {
    const probe = conflated().send(1, 2).complete()
    expect(probe.ended).toBe(undefined)
    expect(probe.request(1).received).toEqual([[1, 2]])
    expect(probe.ended).toBe("completed")
  })

  it.each([
    ["seed", () => conflated(broken)],
    ["aggregate", () => conflated(alone, broken)],
  ])("fails both ways when %s throws", (_, make) => {
    const probe = make().send(1)
    if (!probe.ended) probe.send(2)
    expect(probe.ended).toEqual({ failed: error })
    expect(probe.cancelled).toEqual({ cause: error })
  })

  it("keeps the held value while it hibernates", () => {
    const probe = conflated().send(1).hibernate().send(2).hibernate()
    expect(probe.demand).toBe(true)
    expect(probe.request(1).received).toEqual([[1, 2]])
  })
})

describe("batch", () => {
  const pairs = () => Probe.flow(() => flow().batch(2, alone, together))

  it("emits each element alone when downstream is fast", () => {
    expect(pairs().unbounded().send(1, 2).received).toEqual([[1], [2]])
  })

  it("combines up to max elements that arrive without demand", () => {
    expect(pairs().send(1, 2).request(1).received).toEqual([[1, 2]])
  })

  it("backpressures when the batch is full and another element waits", () => {
    const probe = pairs().send(1, 2)
    expect(probe.demand).toBe(true)
    expect(probe.send(3).demand).toBe(false)
    expect(probe.request(1).received).toEqual([[1, 2]])
    expect(probe.demand).toBe(true)
    expect(probe.send(4).request(1).received).toEqual([
      [1, 2],
      [3, 4],
    ])
  })

  it("emits the waiting element as a batch of its own when upstream completes", () => {
    const probe = pairs().send(1, 2, 3).complete().request(1)
    expect(probe.ended).toBe(undefined)
    expect(probe.request(1).received).toEqual([[1, 2], [3]])
    expect(probe.ended).toBe("completed")
  })

  it("emits the full batch before an error of the seed of the waiting element", () => {
    const seed = (n: number) => (n === 3 ? broken() : [n])
    const probe = Probe.flow(() => flow().batch(2, seed, together))
    probe.send(1, 2, 3).request(1)
    expect(probe.received).toEqual([[1, 2]])
    expect(probe.request(1).ended).toEqual({ failed: error })
  })

  it("loses the batch when upstream fails", () => {
    expect(pairs().send(1).fail(error).unbounded().received).toEqual([])
  })

  it("cancels when downstream cancels", () => {
    expect(pairs().send(1).cancel().cancelled).toBe(true)
  })

  it("loses no element, for any changes of demand", async () => {
    const sum = Source.range(1, 1_000)
      .batch(100, Number, (sum, n) => sum + n)
      .throttle(1, 1)
      .buffer(50, "backpressure")
    const probe = Probe.source(() => sum).unbounded()
    probe.advance(10_000)
    expect(probe.received.reduce((sum, n) => sum + n, 0)).toBe(500_500)
    expect(probe.ended).toBe("completed")
  })

  it("keeps the batch and the waiting element while it hibernates", () => {
    const probe = pairs().send(1).hibernate().send(2).hibernate().send(3).hibernate()
    expect(probe.demand).toBe(false)
    expect(probe.request(1).hibernate().send(4).hibernate().send(5).request(2).received).toEqual([[1, 2], [3, 4], [5]])
  })
})

describe("batchWeighted", () => {
  const weighted = (cost: (n: number) => number) => Probe.flow(() => flow().batchWeighted(3, cost, alone, together))

  it("combines elements up to the cost", () => {
    const probe = weighted((n) => n).send(1, 2, 1)
    expect(probe.demand).toBe(false)
    expect(probe.request(2).received).toEqual([[1, 2], [1]])
  })

  it("emits an element that costs more than max alone", () => {
    const probe = weighted(() => 4).send(1, 2)
    expect(probe.demand).toBe(false)
    expect(probe.request(1).received).toEqual([[1]])
    expect(probe.send(3).request(2).received).toEqual([[1], [2], [3]])
  })

  it("adds any number of elements without a cost", () => {
    expect(
      weighted(() => 0)
        .send(1, 2, 3, 4)
        .request(1).received,
    ).toEqual([[1, 2, 3, 4]])
  })

  it("calls cost once an element", () => {
    const calls: number[] = []
    const probe = weighted((n) => {
      calls.push(n)
      return 2
    })
    probe.send(1, 2).hibernate().unbounded()
    expect(probe.received).toEqual([[1], [2]])
    expect(calls).toEqual([1, 2])
  })

  it("fails both ways when cost throws", async () => {
    const cost = (n: number) => (n === 3 ? broken() : n)
    const costly = Source.range(1, 5).batchWeighted(10, cost, Number, (sum, n) => sum + n)
    await expect(costly.runWith(Sink.ignore())).rejects.toBe(error)
  })

  it("keeps the cost of the batch while it hibernates", () => {
    const probe = weighted((n) => n)
      .send(2)
      .hibernate()
      .send(2)
    expect(probe.demand).toBe(false)
    expect(probe.hibernate().request(2).received).toEqual([[2], [2]])
  })
})
