import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { settled } from "../../src/testing/settled.ts"

/** Cases of Pekko's specs of sources and sinks that the other tests do not have. */

const error = new Error("broken")
const all = <T>(source: Source<T>) => source.runWith(Sink.toArray())

describe("Source.combine", () => {
  it("merges sources that complete after one element", () => {
    const sides = [0, 1, 2, 3, 4].map(() => Source.maybe<number>())
    const probe = Probe.source(() => Source.combine(sides.map(({ source }) => source))).unbounded()
    for (const n of [3, 0, 4, 1, 2]) sides[n]?.complete(n)
    expect(probe.received).toEqual([3, 0, 4, 1, 2])
    expect(probe.ended).toBe("completed")
  })

  it("concatenates in the order of the sources, also if the last completes first", () => {
    const sides = [0, 1, 2, 3, 4].map(() => Source.maybe<number>())
    const sources = sides.map(({ source }) => source)
    const probe = Probe.source(() => Source.combine(sources, "concat")).request(5)
    for (const n of [4, 3, 2, 1, 0]) sides[n]?.complete(n)
    expect(probe.received).toEqual([0, 1, 2, 3, 4])
    expect(probe.ended).toBe("completed")
  })

  it.each([
    [0, [10, 20, 30, 1, 2, 3]],
    [1, [1, 2, 3, 10, 20, 30]],
  ])("concatenates a queue at position %i", (position, elements) => {
    const queue = Source.queue<number>(3)
    const sources = [Source.range(1, 3)].toSpliced(position, 0, queue.source)
    const probe = Probe.source(() => Source.combine(sources, "concat")).unbounded()
    for (const n of [10, 20, 30]) queue.offer(n)
    queue.complete()
    expect(probe.received).toEqual(elements)
    expect(probe.ended).toBe("completed")
  })

  it("concatenates sources of which some are empty", async () => {
    const sources = [Source.empty<string>(), Source.single("a"), Source.empty<string>(), Source.from(["b", "c"])]
    expect(await all(Source.combine(sources, "concat"))).toEqual(["a", "b", "c"])
  })
})

describe.each<[string, () => Source<number>, number[]]>([
  ["repeat", () => Source.repeat(42).take(3), [42, 42, 42]],
  ["range", () => Source.range(1, 3), [1, 2, 3]],
  ["a range of larger steps downwards", () => Source.range(5, 1, -2), [5, 3, 1]],
  ["a range in the wrong direction", () => Source.range(1, 5, -1), []],
  ["an iterable", () => Source.from(new Set([1, 2, 3])), [1, 2, 3]],
  ["an array of one element", () => Source.from([42]), [42]],
])("%s", (_, source, elements) => {
  it("emits the same elements as a source of a flatMapConcat, and of a recoverWith", async () => {
    expect(await all(source())).toEqual(elements)
    expect(await all(Source.single("start").flatMapConcat(source))).toEqual(elements)
    expect(await all(Source.failed<number>(error).recoverWith(source, { attempts: 1 }))).toEqual(elements)
  })
})

describe("Source.from", () => {
  it("takes an endless iterable, and ends its iterator", async () => {
    let ended = false
    const alternating = {
      *[Symbol.iterator]() {
        try {
          for (let value = false; ; value = !value) yield value
        } finally {
          ended = true
        }
      },
    }
    const [first] = await all(Source.from(alternating).grouped(4).take(1))
    expect(first).toEqual([false, true, false, true])
    expect(ended).toBe(true)
  })

  it("throws the error of an iterable without an iterator where the source is made", () => {
    const broken: Iterable<number> = {
      [Symbol.iterator]() {
        throw error
      },
    }
    expect(() => Source.from(broken)).toThrow(error)
    const lazy = Probe.source(() => Source.lazy(() => Source.from(broken))).unbounded()
    expect(lazy.ended).toEqual({ failed: error })
  })
})

describe("unfold", () => {
  type Pair = [number, number]
  const next = ([a, b]: Pair): [Pair, number] => [[b, a + b], a]

  it("emits until its function ends it, or downstream does, or its function throws", async () => {
    const finite = await all(Source.unfold([0, 1] as Pair, (pair) => (pair[0] > 10_000_000 ? undefined : next(pair))))
    expect(finite.slice(-2)).toEqual([5_702_887, 9_227_465])
    expect(await all(Source.unfold([0, 1] as Pair, next).take(36))).toEqual(finite)
    const broken = Source.unfold([0, 1] as Pair, (pair) => {
      if (pair[0] > 10_000_000) throw error
      return next(pair)
    })
    await expect(all(broken)).rejects.toBe(error)
  })
})

describe("fromPromise with a flatMapConcat, Pekko's futureSource", () => {
  const flattened = (make: () => Promise<Source<number>>) => Source.fromPromise(make).flatMapConcat((source) => source)

  it("emits the elements of the source when the promise has settled", async () => {
    let settle: (source: Source<number>) => void = () => {}
    const probe = Probe.source(() => flattened(() => new Promise((resolve) => (settle = resolve)))).request(3)
    await settled()
    expect(probe.received).toEqual([])
    settle(Source.range(1, 3))
    await settled()
    expect(probe.received).toEqual([1, 2, 3])
    expect(probe.ended).toBe("completed")
  })

  it("fails with the promise, and with one of no source", async () => {
    await expect(all(flattened(() => Promise.reject(error)))).rejects.toBe(error)
    await expect(all(flattened(async () => null as never))).rejects.toThrow("flatMapConcat")
  })

  it("ignores a promise that settles after downstream has ended", async () => {
    let settle: (n: number) => void = () => {}
    let made = 0
    const late = Source.fromPromise(() => new Promise<number>((resolve) => (settle = resolve))).flatMapConcat((n) => {
      made++
      return Source.single(n)
    })
    expect(await all(late.merge(Source.range(3, 4)).take(1))).toEqual([3])
    settle(1)
    await settled()
    expect(made).toBe(0)
  })
})

describe("flatMapConcat", () => {
  it("flattens sources of different lengths", async () => {
    const flattened = Source.range(1, 5).flatMapConcat((n) => Source.range(1, n))
    expect(await flattened.runWith(Sink.reduce((total, n) => total + n))).toBe(35)
  })
})

describe("Sink.combine", () => {
  it("gives each sink the elements that pass its flow", async () => {
    const sinks = [0, 1, 2].map((n) =>
      Flow.of<number>()
        .filter((element) => element === n)
        .to(Sink.toArray()),
    )
    expect(await Source.range(0, 2).runWith(Sink.combine(sinks))).toEqual([[0], [1], [2]])
  })

  it("is the sink itself if there is only one, with balance too", async () => {
    const results = Source.range(1, 3).runWith(Sink.combine([Sink.toArray<number>()], "balance"))
    expect(await results).toEqual([[1, 2, 3]])
  })
})
