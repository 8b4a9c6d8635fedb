import { describe, expect, it } from "vitest"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

/** Cases of Pekko's specs of `ZipN` and `ZipWithN` that the other tests do not have. */

const error = new Error("broken")
const sum = (numbers: readonly number[]) => numbers.reduce((total, n) => total + n, 0)

type Kind = "full" | "completed" | "soon completed" | "failed" | "soon failed"

/** A source, and a function that ends it if it ends soon. */
function sideOf(kind: Kind): { source: Source<number>; end(): void } {
  const soon = Source.maybe<number>()
  const sources: Partial<Record<Kind, Source<number>>> = {
    full: Source.range(1, 4),
    completed: Source.empty(),
    failed: Source.failed(error),
  }
  const end = () => {
    if (kind === "soon completed") soon.complete()
    if (kind === "soon failed") soon.fail(error)
  }
  return { source: sources[kind] ?? soon.source, end }
}

/** Each kind with each, except two full ones. */
const pairs = (...kinds: Kind[]) =>
  kinds.flatMap((left) => kinds.filter((right) => left !== "full" || right !== "full").map((right) => [left, right]))

describe.each<[string, (...sides: Source<number>[]) => Source<unknown>]>([
  ["Source.zipN", (...sides) => Source.zipN(sides)],
  ["zip", (left = Source.empty(), right = Source.empty()) => left.zip(right)],
])("%s", (_, join) => {
  it.each([
    ...pairs("completed", "soon completed", "full").map((kinds) => ({ kinds, ended: "completed" })),
    ...pairs("failed", "soon failed", "full").map((kinds) => ({ kinds, ended: { failed: error } })),
  ])("of two sources ends as the one that ends without an element: $kinds", ({ kinds, ended }) => {
    const sides = kinds.map(sideOf)
    const probe = Probe.source(() => join(...sides.map(({ source }) => source))).unbounded()
    for (const side of sides) side.end()
    expect(probe.ended).toEqual(ended)
    expect(probe.received).toEqual([])
  })

  it("emits on demand, and completes with the last element", () => {
    const probe = Probe.source(() => join(Source.range(1, 4), Source.range(2, 5))).request(2)
    expect(probe.received.length).toBe(2)
    expect(probe.request(1).ended).toBe(undefined)
    expect(probe.request(1).received.at(-1)).toEqual([4, 5])
    expect(probe.ended).toBe("completed")
  })

  it("cancels the longer source when the last element of the shorter one was emitted", () => {
    const [long, short] = [Source.queue<number>(2), Source.queue<number>(2)]
    const probe = Probe.source(() => join(long.source, short.source))
    for (const n of [1, 2]) long.offer(n)
    short.offer(2)
    short.complete()
    expect(probe.ended).toBe(undefined)
    expect(probe.request(1).received).toEqual([[1, 2]])
    expect(probe.ended).toBe("completed")
    expect(long.offer(3)).toBe("closed")
  })

  it("completes without demand when the shorter source does so after its last element", () => {
    const [long, short] = [Source.queue<number>(2), Source.queue<number>(2)]
    const probe = Probe.source(() => join(long.source, short.source)).request(1)
    long.offer(1)
    short.offer(2)
    expect(probe.received).toEqual([[1, 2]])
    short.complete()
    expect(probe.ended).toBe("completed")
    expect(long.offer(3)).toBe("closed")
  })
})

describe("Source.zipN with a map, Pekko's zipWithN", () => {
  it("emits the result for one element of each source", async () => {
    const sources = [1, 10, 100].map((factor) => Source.range(1, 3).map((n) => n * factor))
    expect(await Source.zipN(sources).map(sum).runWith(Sink.toArray())).toEqual([111, 222, 333])
  })

  it("fails with the error of the function after the results before it, and cancels the sources", () => {
    const ends: unknown[] = []
    const side = () => Source.range(1, 4).onTermination((end) => ends.push(end))
    const joined = () =>
      Source.zipN([side(), side()]).map((numbers) => {
        if (numbers[0] === 3) throw error
        return sum(numbers)
      })
    const probe = Probe.source(joined).unbounded()
    expect(probe.received).toEqual([2, 4])
    expect(probe.ended).toEqual({ failed: error })
    expect(ends).toEqual([
      { type: "failed", error },
      { type: "failed", error },
    ])
  })
})
