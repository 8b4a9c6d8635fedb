import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { Joined } from "../support/joined.ts"

const error = new Error("broken")
const eager = { eagerComplete: true }

describe("mergePreferred", () => {
  const prefers = (options?: { preferSource: boolean }) =>
    new Joined((flow, side) => flow.mergePreferred(side, options))

  it("emits the element of this stream first while both have one", () => {
    expect(prefers().offer("x").send("a").unbounded().received).toEqual(["a", "x"])
  })

  it("emits the element of the source first if that is preferred", () => {
    expect(prefers({ preferSource: true }).send("a").offer("x").unbounded().received).toEqual(["x", "a"])
  })

  it("emits all elements of the preferred stream first if that never pauses", async () => {
    const ones = Source.repeat(1).take(10_000)
    const merged = await ones.mergePreferred(Source.repeat(2).take(30_000)).take(20_000).runWith(Sink.toArray())
    expect(merged.filter((n) => n === 1).length).toBe(10_000)
    expect(merged.indexOf(2)).toBe(10_000)
  })

  it("keeps the order of each stream, and every element", async () => {
    const merged = Source.range(1, 100).mergePreferred(Source.range(101, 200))
    expect((await merged.runWith(Sink.toArray())).toSorted((a, b) => a - b)).toEqual(
      await Source.range(1, 200).runWith(Sink.toArray()),
    )
  })

  it("has nothing to save of an element that need not wait", () => {
    const { probe } = prefers().unbounded().send("a").offer("x")
    probe.save()
    expect(probe.send("b").changes).toBe(0)
    expect(probe.received).toEqual(["a", "x", "b"])
  })

  it("keeps which stream comes first while it hibernates", () => {
    expect(prefers().offer("x").hibernate().send("a").hibernate().unbounded().received).toEqual(["a", "x"])
  })
})

describe("mergeLatest", () => {
  const latest = (options?: { eagerComplete: boolean }) => new Joined((flow, side) => flow.mergeLatest(side, options))

  it("emits for each element, after each stream has emitted once", () => {
    const both = latest().unbounded().send("a")
    expect(both.received).toEqual([])
    both.offer("x").send("b", "c").offer("y")
    expect(both.received).toEqual([
      ["a", "x"],
      ["b", "x"],
      ["c", "x"],
      ["c", "y"],
    ])
  })

  it("takes the latest element of a stream until the other one has emitted, with or without demand", () => {
    const both = latest().send("a", "b")
    expect(both.probe.demand).toBe(true)
    expect(both.offer("x").unbounded().received).toEqual([["b", "x"]])
  })

  it("backpressures when both have emitted and downstream backpressures", () => {
    const both = latest().send("a").offer("x").send("b")
    expect(both.probe.demand).toBe(false)
    expect(both.request(2).received).toEqual([
      ["a", "x"],
      ["b", "x"],
    ])
    expect(both.probe.demand).toBe(true)
  })

  it("emits arrays that a receiver may change", () => {
    const probe = Probe.flow(() =>
      Flow.of<string>()
        .mergeLatest(Source.single("x"))
        .map((pair) => pair.splice(0)),
    )
    expect(probe.unbounded().send("a", "b").received).toEqual([
      ["a", "x"],
      ["b", "x"],
    ])
  })

  it("completes when both have completed", () => {
    const both = latest().unbounded().send("a")
    expect(both.probe.complete().ended).toBe(undefined)
    both.offer("x", "y")
    both.side.complete()
    expect(both.received).toEqual([
      ["a", "x"],
      ["a", "y"],
    ])
    expect(both.ended).toBe("completed")
  })

  it("completes without an element if one stream is empty, and only then", () => {
    const both = latest().send("a")
    both.side.complete()
    expect(both.ended).toBe(undefined)
    expect(both.probe.complete().ended).toBe("completed")
  })

  it("completes with the first stream if it is eager, after the elements that have arrived", () => {
    const both = latest(eager).send("a").offer("x").send("b")
    both.side.complete()
    expect(both.probe.cancelled).toBe(true)
    expect(both.hibernate().unbounded().received).toEqual([
      ["a", "x"],
      ["b", "x"],
    ])
    expect(both.ended).toBe("completed")
  })

  it("fails as soon as one stream fails, and cancels the other", () => {
    const both = latest().unbounded().send("a")
    both.side.fail(error)
    expect(both.ended).toEqual({ failed: error })
    expect(both.probe.cancelled).toEqual({ cause: error })
  })

  it("keeps the latest elements and the order of arrival while it hibernates", () => {
    const both = latest().send("a").hibernate().offer("x").hibernate().send("b").hibernate().offer("y").hibernate()
    expect(both.unbounded().received).toEqual([
      ["a", "x"],
      ["b", "x"],
      ["b", "y"],
    ])
  })
})

describe("Source.combine", () => {
  const run = <T>(source: Source<T>) => source.runWith(Sink.toArray())

  it("merges by default: one element of each source in turn", async () => {
    const [a, b, c] = [Source.from([1, 4]), Source.from([2, 5]), Source.from([3, 6])]
    expect(await run(Source.combine([a, b, c]))).toEqual([1, 2, 3, 4, 5, 6])
  })

  it("concatenates", async () => {
    const sources = [0, 1, 2, 3, 4].map((n) => Source.from([n, n * 10]))
    expect(await run(Source.combine(sources, "concat"))).toEqual([0, 0, 1, 10, 2, 20, 3, 30, 4, 40])
  })

  it.each(["merge", "concat"] as const)("is the source itself if there is only one, by %s", async (strategy) => {
    expect(await run(Source.combine([Source.range(1, 3)], strategy))).toEqual([1, 2, 3])
  })

  it.each(["merge", "concat"] as const)("completes at once without sources, by %s", async (strategy) => {
    expect(await run(Source.combine([], strategy))).toEqual([])
  })

  it("fails when one of the sources fails, and cancels the others", () => {
    const queue = Source.queue<number>(1)
    const probe = Probe.source(() => Source.combine([queue.source, Source.failed<number>(error)])).unbounded()
    expect(probe.ended).toEqual({ failed: error })
    expect(queue.offer(1)).toBe("closed")
  })

  it("keeps its sources while it hibernates", () => {
    const combined = () => Source.combine([Source.range(1, 2), Source.tick(10).take(2)], "concat")
    const probe = Probe.source(combined).request(1).hibernate().request(1).hibernate()
    expect(probe.unbounded().hibernate().advance(10).received).toEqual([1, 2, 1])
  })
})

describe("Source.zipN", () => {
  const run = <T>(source: Source<T>) => source.runWith(Sink.toArray())

  it("emits an array of one element of each source", async () => {
    const zipped = Source.zipN([Source.range(1, 2), Source.cycle(["a", "b"]), Source.repeat(true)])
    expect(await run(zipped)).toEqual([
      [1, "a", true],
      [2, "b", true],
    ])
  })

  it("emits arrays of one for one source, and completes at once without sources", async () => {
    expect(await run(Source.zipN([Source.range(1, 2)]))).toEqual([[1], [2]])
    expect(await run(Source.zipN([]))).toEqual([])
  })

  it("completes when one source has completed and its element was emitted", () => {
    const probe = Probe.source(() => Source.zipN([Source.single(1), Source.repeat(2), Source.single(3)]))
    expect(probe.ended).toBe(undefined)
    expect(probe.request(1).received).toEqual([[1, 2, 3]])
    expect(probe.ended).toBe("completed")
  })

  it("completes without an element if a source is empty", async () => {
    expect(await run(Source.zipN([Source.repeat(1), Source.empty<number>()]))).toEqual([])
  })

  it("fails when one of the sources fails", async () => {
    await expect(run(Source.zipN([Source.repeat(1), Source.failed(error)]))).rejects.toBe(error)
  })

  it("keeps the elements without partners while it hibernates", () => {
    const zipped = () => Source.zipN([Source.range(1, 9), Source.tick(10), Source.range(11, 19)])
    const probe = Probe.source(zipped).unbounded().advance(10).hibernate().advance(10)
    expect(probe.received.map(([n, , m]) => [n, m])).toEqual([
      [1, 11],
      [2, 12],
      [3, 13],
    ])
  })
})
