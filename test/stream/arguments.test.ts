import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import type { OverflowStrategy } from "../../src/stream/overflow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"

const flow = () => Flow.of<number>()
const other = Source.range(1, 3)
const anything = (value: unknown) => value as never

type Make = (value: number) => unknown

/** Every function that takes a number, by the name in its error. */
const requirePositiveInteger: Record<string, Make> = {
  "grouped: count": (n) => flow().grouped(n),
  "sliding: count": (n) => flow().sliding(n),
  "sliding: step": (n) => flow().sliding(2, n),
  "groupedWithin: count": (n) => flow().groupedWithin(n, 10),
  "delay: bufferSize": (bufferSize) => flow().delay(10, { bufferSize }),
  "throttle: elements": (n) => flow().throttle(n, 10),
  "buffer: bufferSize": (n) => flow().buffer(n, "fail"),
  "batch: max": (n) => flow().batch(n, String, String),
  "batchWeighted: max": (n) => flow().batchWeighted(n, Number, String, String),
  "groupedWeightedWithin: maxWeight": (n) => flow().groupedWeightedWithin(n, 10, Number),
  "mapAsync: parallelism": (n) => flow().mapAsync(n, (n) => n),
  "mapAsyncUnordered: parallelism": (n) => flow().mapAsyncUnordered(n, (n) => n),
  "mapAsyncPartitioned: parallelism": (n) => flow().mapAsyncPartitioned(n, String, (n) => n),
  "mergePrioritized: priority": (n) => flow().mergePrioritized(other, n, 1),
  "mergePrioritized: otherPriority": (n) => flow().mergePrioritized(other, 1, n),
  "interleave: segment": (n) => flow().interleave(other, n),
  "flatMapMerge: breadth": (n) => flow().flatMapMerge(n, () => other),
  "groupBy: maxSubstreams": (n) =>
    flow().groupBy(
      n,
      (key) => key,
      (substream) => substream,
    ),
  "takeLast: count": (n) => Sink.takeLast(n),
  "queue: bufferSize": (n) => Source.queue(n),
}
const whole: Record<string, Make> = {
  "take: count": (n) => flow().take(n),
  "drop: count": (n) => flow().drop(n),
  "limit: count": (n) => flow().limit(n),
  "throttle: burst": (burst) => flow().throttle(1, 10, { burst }),
  "limitWeighted: max": (n) => flow().limitWeighted(n, Number),
  "groupedWeightedWithin: count": (count) => flow().groupedWeightedWithin(1, 10, Number, { count }),
  "range: first": (n) => Source.range(n, 3),
  "range: last": (n) => Source.range(1, n),
  "range: step": (n) => Source.range(1, 3, n),
  "prefixAndTail: count": (n) => flow().prefixAndTail(n),
  "flatMapPrefix: count": (n) => flow().flatMapPrefix(n, (_, tail) => tail),
  "recoverWith: attempts": (attempts) => flow().recoverWith(() => other, { attempts }),
}
const durations: Record<string, Make> = {
  "takeWithin: duration": (ms) => flow().takeWithin(ms),
  "dropWithin: duration": (ms) => flow().dropWithin(ms),
  "delay: duration": (ms) => flow().delay(ms),
  "initialDelay: duration": (ms) => flow().initialDelay(ms),
  "throttle: per": (ms) => flow().throttle(1, ms),
  "debounce: duration": (ms) => flow().debounce(ms),
  "groupedWithin: duration": (ms) => flow().groupedWithin(1, ms),
  "groupedWeightedWithin: duration": (ms) => flow().groupedWeightedWithin(1, ms, Number),
  "keepAlive: idle": (ms) => flow().keepAlive(ms, () => 0),
  "idleTimeout: duration": (ms) => flow().idleTimeout(ms),
  "initialTimeout: duration": (ms) => flow().initialTimeout(ms),
  "backpressureTimeout: duration": (ms) => flow().backpressureTimeout(ms),
  "completionTimeout: duration": (ms) => flow().completionTimeout(ms),
  "tick: every": (ms) => Source.tick(ms),
  "tick: initialDelay": (ms) => Source.tick(10, { initialDelay: ms }),
}

const rangeErrorOf = (make: () => unknown): RangeError => {
  try {
    make()
  } catch (error) {
    if (error instanceof RangeError) return error
    throw error
  }
  throw new Error("It was taken")
}

const numbers = Object.entries({ ...requirePositiveInteger, ...whole })

describe.each(numbers)("a count that is no whole number (fault 13): %s", (what, make) => {
  it.each([
    [1.5, "a number (1.5)"],
    [Number.NaN, "a number (NaN)"],
    [-Infinity, "a number (-Infinity)"],
    ["2", '"2"'],
    [undefined, "undefined"],
    [null, "null"],
    [2n, "a bigint (2)"],
    [{ valueOf: (): number => 2 }, "an object (valueOf)"],
  ])("%s is a RangeError that names it and the remedy", (value, words) => {
    // A default stands for undefined.
    if (value === undefined && /burst|attempts|delay: bufferSize|step|groupedWeightedWithin: count/.test(what)) return
    if (value === -Infinity && what === "range: last") return
    const { message } = rangeErrorOf(() => make(anything(value)))
    expect(message).toContain(`${what} is ${words}: write a whole number`)
  })
})

describe.each(Object.entries(requirePositiveInteger))("a bound (fault 13): %s", (what, make) => {
  it.each([0, -1, Infinity])("%s is a RangeError", (value) => {
    expect(rangeErrorOf(() => make(value)).message).toBe(
      `${what} is a number (${value}): write a whole number of at least 1`,
    )
  })
})

describe.each(Object.entries(durations))("a duration (fault 13): %s", (what, make) => {
  it.each([-1, Number.NaN, Infinity, "1 fortnight", null, undefined, {}])(
    "%s is a RangeError that names it",
    (value) => {
      if (value === undefined && what === "tick: initialDelay") return
      expect(rangeErrorOf(() => make(anything(value))).message).toMatch(
        new RegExp(`^${what}: .* is not a duration of at least`),
      )
    },
  )
})

describe("counts with a meaning", () => {
  const received = (source: Source<number>) => source.runWith(Sink.toArray())

  it("are 0 and less, for no element", async () => {
    expect(await received(other.take(-1))).toEqual([])
    expect(await received(other.drop(-1))).toEqual([1, 2, 3])
    await expect(received(other.limit(-1))).rejects.toThrow("limit")
    await expect(
      received(Source.failed<number>(new Error("no")).recoverWith(() => other, { attempts: 0 })),
    ).rejects.toThrow("no")
  })

  it("are Infinity, for all elements", async () => {
    expect(await received(other.take(Infinity))).toEqual([1, 2, 3])
    expect(await received(other.drop(Infinity))).toEqual([])
    expect(await received(other.limit(Infinity))).toEqual([1, 2, 3])
    expect(await received(Source.range(1, Infinity).take(2))).toEqual([1, 2])
    expect(await received(Source.range(1, -Infinity, -1).take(2))).toEqual([1, 0])
  })

  it("are steps of any direction, but not 0", async () => {
    expect(await received(Source.range(3, 1, -1))).toEqual([3, 2, 1])
    expect(await received(Source.range(3, 1))).toEqual([])
    expect(rangeErrorOf(() => Source.range(1, 3, 0)).message).toContain("range: step is 0")
  })
})

describe("an unknown overflow strategy", () => {
  const strategies: Record<string, (strategy: OverflowStrategy) => unknown> = {
    "buffer: overflow": (strategy) => flow().buffer(1, strategy),
    "delay: overflow": (overflow) => flow().delay(10, { overflow }),
    "queue: overflow": (strategy) => Source.queue(1, anything(strategy)),
  }

  it.each(Object.entries(strategies))("leaves no buffer without a bound: %s", (what, make) => {
    const { message } = rangeErrorOf(() => make(anything("drop")))
    expect(message).toContain(`${what} is "drop": write`)
    expect(message).toContain('"dropHead"')
  })

  it("is backpressure for a queue, which cannot wait", () => {
    expect(rangeErrorOf(() => Source.queue(1, anything("backpressure"))).message).not.toContain('write "backpressure"')
  })
})
