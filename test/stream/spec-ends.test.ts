import { describe, expect, it } from "vitest"
import { RateExceededError, StreamTimeoutError } from "../../src/stream/errors.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { settled } from "../../src/testing/settled.ts"

/** Cases of Pekko's specs of these operators and sinks that the other tests do not have. */

const error = new Error("broken")
const numbers = () => Flow.of<number>()

describe.each<[string, (flow: Flow<number, number>) => Flow<number, number>]>([
  ["initialTimeout", (flow) => flow.initialTimeout("1 second")],
  ["completionTimeout", (flow) => flow.completionTimeout("1 second")],
  ["idleTimeout", (flow) => flow.idleTimeout("1 second")],
  ["backpressureTimeout", (flow) => flow.backpressureTimeout("1 second")],
])("%s", (_, timed) => {
  const start = () => Probe.flow(() => timed(numbers())).unbounded()

  it("passes elements and the end on unchanged, and leaves no timer", () => {
    const probe = start().send(1, 2, 3).complete()
    expect(probe.received).toEqual([1, 2, 3])
    expect(probe.ended).toBe("completed")
    expect(probe.clock.pending).toBe(0)
  })

  it("passes a failure on unchanged, and leaves no timer", () => {
    const probe = start().send(1).fail(error)
    expect(probe.ended).toEqual({ failed: error })
    expect(probe.clock.pending).toBe(0)
  })

  it("does not fail before its time", () => {
    expect(start().advance(999).ended).toBe(undefined)
  })
})

describe("backpressureTimeout", () => {
  const start = () => Probe.flow(() => numbers().backpressureTimeout("1 second"))

  it("does not fail without elements, while there is demand", () => {
    expect(start().unbounded().advance(10_000).ended).toBe(undefined)
  })

  it("ends when upstream completes before the demand is met", () => {
    const probe = start().request(4).send(1, 2).complete()
    expect(probe.advance(10_000).ended).toBe("completed")
  })

  it("takes demand that comes in time, each time", () => {
    const probe = start()
    for (const n of [1, 2, 3]) probe.request(1).send(n).advance(900)
    expect(probe.received).toEqual([1, 2, 3])
    expect(probe.ended).toBe(undefined)
    expect(probe.advance(100).ended).toEqual({ failed: expect.any(StreamTimeoutError) })
  })
})

describe("throttle", () => {
  const start = (per: string, count = 1, cost?: (n: number) => number) =>
    Probe.flow(() => numbers().throttle(count, per as "1 second", { burst: 1, cost }))

  it("takes very high and very low rates", () => {
    const fast = start("1 second", 1_000_000).unbounded()
    for (const n of [1, 2, 3]) fast.send(n).advance(1)
    expect(fast.received).toEqual([1, 2, 3])
    const slow = start("1 day").unbounded().send(1).send(2)
    expect(slow.advance(86_399_999).received).toEqual([1])
    expect(slow.advance(1).received).toEqual([1, 2])
  })

  it("is counted for each stream alone", () => {
    const [one, other] = [start("1 second").unbounded(), start("1 second").unbounded()]
    expect([one.send(1).received, other.send(2).received]).toEqual([[1], [2]])
  })

  it("emits nothing while upstream does not", () => {
    const probe = start("1 second").unbounded().send(1).advance(10_000)
    expect(probe.received).toEqual([1])
  })

  it("cancels when downstream cancels, and leaves no timer, with costs too", () => {
    for (const cost of [undefined, (n: number) => n]) {
      const probe = start("1 second", 1, cost).unbounded().send(1).send(1).cancel()
      expect(probe.cancelled).toBe(true)
      expect(probe.clock.pending).toBe(0)
    }
  })

  it("shapes a stream for one below that enforces the same rate", () => {
    const probe = Probe.flow(() =>
      numbers().throttle(1, "1 second", { burst: 1 }).throttle(1, "1 second", { burst: 1, enforce: true }),
    ).unbounded()
    for (const n of [1, 2, 3]) probe.send(n).advance(1_000)
    expect(probe.received).toEqual([1, 2, 3])
    expect(probe.ended).toBe(undefined)
    const unshaped = Probe.flow(() => numbers().throttle(1, "1 second", { burst: 1, enforce: true })).unbounded()
    expect(unshaped.send(1, 2).ended).toEqual({ failed: expect.any(RateExceededError) })
  })
})

describe("groupedWeightedWithin", () => {
  it("groups by time alone if no element has a cost", () => {
    const probe = Probe.flow(() => numbers().groupedWeightedWithin(1, 100, () => 0)).unbounded()
    expect(probe.send(1, 2, 3).advance(99).received).toEqual([])
    expect(probe.advance(1).received).toEqual([[1, 2, 3]])
  })

  it("groups by cost and by count, whichever comes first", async () => {
    const groups = await Source.from([1, 2, 3, 4, 5, 6, 11, 7, 2])
      .groupedWeightedWithin(10, "30 seconds", (n) => n, { count: 3 })
      .runWith(Sink.toArray())
    expect(groups).toEqual([[1, 2, 3], [4, 5], [6], [11], [7, 2]])
  })
})

describe("limit and limitWeighted", () => {
  it("emit all of a stream that is as long as the limit", async () => {
    expect(await Source.range(1, 3).limit(3).runWith(Sink.toArray())).toEqual([1, 2, 3])
    const weighted = Source.range(1, 3).limitWeighted(6, (n) => n)
    expect(await weighted.runWith(Sink.toArray())).toEqual([1, 2, 3])
    expect(await Source.empty().limit(0).runWith(Sink.toArray())).toEqual([])
  })
})

describe("statefulMap", () => {
  it("takes null for a state, a next state and an element", () => {
    const probe = Probe.flow(() =>
      numbers().statefulMap<number | null, number | null>(
        () => null,
        (state, n) => [state === null ? n : null, state],
        (state) => state ?? -1,
      ),
    )
    expect(probe.unbounded().send(1, 2).hibernate().send(3).received).toEqual([null, 1, null])
    expect(probe.complete().received.at(-1)).toBe(3)
  })

  it("can group elements until they change, with the last group at the end", async () => {
    const groups = await Source.from([1, 1, 2, 3, 3])
      .statefulMap<number[], number[]>(
        () => [],
        (group, n) => (group.length === 0 || group[0] === n ? [[...group, n], []] : [[n], group]),
        (group) => group,
      )
      .filter((group) => group.length > 0)
      .runWith(Sink.toArray())
    expect(groups).toEqual([[1, 1], [2], [3, 3]])
  })

  it("is stateful of each run alone, below each branch of a broadcast too", async () => {
    const indexed = numbers().statefulMap<number, number>(
      () => 0,
      (index) => [index + 1, index],
    )
    const both = Source.repeat(7)
      .take(3)
      .broadcast(
        (all) => all.via(indexed),
        (all) => all.via(indexed),
      )
    expect((await both.runWith(Sink.toArray())).toSorted()).toEqual([0, 0, 1, 1, 2, 2])
  })
})

describe("foldAsync", () => {
  it("emits the value of one element, and of 1,000 for any demand", async () => {
    const sum = (total: number, n: number) => Promise.resolve(total + n)
    expect(await Source.single(1).foldAsync(10, sum).runWith(Sink.head())).toBe(11)
    const probe = Probe.source(() => Source.range(1, 1_000).foldAsync(0, sum)).request(1_000_000)
    while (!probe.ended) await settled()
    expect(probe.received).toEqual([500_500])
  })
})

describe("collectWhile", () => {
  it("completes without demand when its stream is empty", () => {
    const probe = Probe.flow(() => numbers().collectWhile((n) => n)).complete()
    expect(probe.ended).toBe("completed")
  })
})

describe("sinks", () => {
  const failed = Source.from([1, 2]).concat(Source.failed<number>(error))

  it.each<[string, Sink<number, unknown>, unknown, unknown]>([
    ["count", Sink.count(), 4, 0],
    ["takeLast", Sink.takeLast<number>(3), [2, 3, 4], []],
    ["takeLast of one", Sink.takeLast<number>(1), [4], []],
    ["lastOption", Sink.lastOption<number>(), 4, undefined],
    ["headOption", Sink.headOption<number>(), 1, undefined],
    ["exists, none", Sink.exists<number>((n) => n > 4), false, false],
    ["exists, one", Sink.exists<number>((n) => n === 4), true, false],
    ["forall, all", Sink.forall<number>((n) => n < 5), true, true],
    ["forall, not all", Sink.forall<number>((n) => n < 4), false, true],
  ])("%s of four elements and of none", async (_, sink, ofFour, ofNone) => {
    expect(await Source.range(1, 4).runWith(sink)).toEqual(ofFour)
    expect(await Source.empty<number>().runWith(sink)).toEqual(ofNone)
  })

  it.each<[string, Sink<number, unknown>]>([
    ["count", Sink.count()],
    ["takeLast", Sink.takeLast<number>(3)],
    ["lastOption", Sink.lastOption<number>()],
    ["reduce", Sink.reduce<number>((sum, n) => sum + n)],
    ["exists", Sink.exists<number>((n) => n > 4)],
    ["forall", Sink.forall<number>((n) => n < 5)],
    ["combine", Sink.combine([Sink.count(), Sink.toArray<number>()])],
  ])("%s fails with its stream", async (_, sink) => {
    await expect(failed.runWith(sink)).rejects.toBe(error)
  })
})
