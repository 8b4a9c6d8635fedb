import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

const elements = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 30, size: "max" })
const count = fc.integer({ min: 0, max: 12 })
const size = fc.integer({ min: 1, max: 5 })
const f = fc.func(fc.integer({ min: 0, max: 20 }))
const p = fc.func(fc.boolean())
/** The counts of elements that are requested one after the other; then all. */
const pauses = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 20, size: "max" })

type Numbers = Flow<number, number>

/** The output of a source, requested with pauses. */
function run<T>(source: Source<T>, pauses: readonly number[] = []): T[] {
  const probe = Probe.source(() => source)
  for (const pause of pauses) probe.request(pause)
  const { received, ended } = probe.unbounded()
  expect(ended).toBe("completed")
  return received
}

/** Checks that two flows have the same output for the same elements. */
function same<A, B>(one: (flow: Numbers) => Flow<number, A>, other: (flow: Numbers) => Flow<number, B>) {
  fc.assert(
    fc.property(elements, pauses, (ns, pauses) => {
      const results = [one, other].map((make) => run(Source.from(ns).via<A | B>(make(Flow.of())), pauses))
      expect(results[0]).toEqual(results[1])
    }),
    { numRuns: 20 },
  )
}

/** Checks a property for all values. */
function forAll<Args extends [unknown, ...unknown[]]>(
  args: { [I in keyof Args]: fc.Arbitrary<Args[I]> },
  holds: (...args: Args) => void,
) {
  fc.assert(fc.property<Args>(...args, holds))
}

const isSubsequence = (part: readonly unknown[], whole: readonly unknown[]) => {
  let found = 0
  for (const element of whole) if (found < part.length && element === part[found]) found++
  return found === part.length
}

describe("map", () => {
  it("of a map is the map of both functions", () => {
    forAll([f, f], (f, g) =>
      same(
        (flow) => flow.map(f).map(g),
        (flow) => flow.map((n) => g(f(n))),
      ),
    )
  })

  it("of the identity changes nothing", () => {
    same(
      (flow) => flow.map((n) => n),
      (flow) => flow,
    )
  })
})

describe("filter", () => {
  it("commutes with map", () => {
    forAll([f, p], (f, p) =>
      same(
        (flow) => flow.map(f).filter(p),
        (flow) => flow.filter((n) => p(f(n))).map(f),
      ),
    )
  })

  it("of a filter passes the elements that both pass", () => {
    forAll([p, p], (p, q) =>
      same(
        (flow) => flow.filter(p).filter(q),
        (flow) => flow.filter((n) => p(n) && q(n)),
      ),
    )
  })

  it("is collect, mapConcat and flatMapConcat of one or none", () => {
    forAll([p], (p) => {
      const filtered = (flow: Numbers) => flow.filter(p)
      same(filtered, (flow) => flow.collect((n) => (p(n) ? n : undefined)))
      same(filtered, (flow) => flow.mapConcat((n) => (p(n) ? [n] : [])))
      same(filtered, (flow) => flow.flatMapConcat((n) => (p(n) ? Source.single(n) : Source.empty<number>())))
    })
  })
})

describe("take and drop", () => {
  it("take of a take is the smaller one, drop of a drop is the sum", () => {
    forAll([count, count], (n, m) => {
      same(
        (flow) => flow.take(n).take(m),
        (flow) => flow.take(Math.min(n, m)),
      )
      same(
        (flow) => flow.drop(n).drop(m),
        (flow) => flow.drop(n + m),
      )
    })
  })

  it("taken and dropped elements are all", () => {
    forAll([elements, count], (ns, n) => {
      const source = Source.from(ns)
      expect(run(source.take(n).concat(source.drop(n)))).toEqual(ns)
    })
  })

  it("the elements of takeWhile and dropWhile are all", () => {
    forAll([elements, p], (ns, p) => {
      const source = Source.from(ns)
      expect(run(source.takeWhile(p).concat(source.dropWhile(p)))).toEqual(ns)
    })
  })
})

describe("two sources", () => {
  it("concat is associative, and empty changes nothing", () => {
    forAll([elements, elements, elements, pauses], (as, bs, cs, pauses) => {
      const [a, b, c] = [Source.from(as), Source.from(bs), Source.from(cs)]
      expect(run(a.concat(b).concat(c), pauses)).toEqual(run(a.concat(b.concat(c)), pauses))
      expect(run(a.concat(Source.empty()), pauses)).toEqual(as)
      expect(run(a.prepend(Source.empty()), pauses)).toEqual(as)
    })
  })

  it("merged in any way keep every element, and each its order", () => {
    forAll([elements, elements, size, size, pauses], (as, bs, n, m, pauses) => {
      const [a, b] = [Source.from(as), Source.from(bs.map((n) => n + 100))]
      for (const merged of [
        a.merge(b),
        a.mergePreferred(b),
        a.mergePrioritized(b, n, m),
        a.interleave(b, n),
        Source.combine([a, b]),
      ]) {
        const received = run(merged, pauses)
        expect(received.filter((n) => n < 100)).toEqual(as)
        expect(received.filter((n) => n >= 100)).toEqual(bs.map((n) => n + 100))
      }
    })
  })

  it("interleave takes its segments in turn", () => {
    forAll([elements, elements, size, pauses], (as, bs, segment, pauses) => {
      const expected: number[] = []
      const [a, b] = [[...as], [...bs]]
      while (a.length > 0 || b.length > 0) expected.push(...a.splice(0, segment), ...b.splice(0, segment))
      expect(run(Source.from(as).interleave(Source.from(bs), segment), pauses)).toEqual(expected)
    })
  })

  it("zip is as long as the shorter one", () => {
    forAll([elements, elements, pauses], (as, bs, pauses) => {
      const pairs = as.slice(0, bs.length).map((a, index) => [a, bs[index]])
      expect(run(Source.from(as).zip(Source.from(bs)), pauses)).toEqual(pairs)
    })
  })
})

describe("groups", () => {
  it("of grouped, flattened, are all, and full but for the last", () => {
    forAll([elements, size, pauses], (ns, n, pauses) => {
      const groups = run(Source.from(ns).grouped(n), pauses)
      expect(groups.flat()).toEqual(ns)
      expect(groups.slice(0, -1).every(({ length }) => length === n)).toBe(true)
    })
  })

  it("of sliding start every step, and the last is short only where the stream is", () => {
    forAll([elements, size, size, pauses], (ns, n, step, pauses) => {
      const windows: number[][] = []
      for (let from = 0; from < ns.length && (from === 0 || from + n - step < ns.length); from += step) {
        windows.push(ns.slice(from, from + n))
      }
      expect(run(Source.from(ns).sliding(n, step), pauses)).toEqual(windows)
    })
  })
})

describe("a buffer", () => {
  it("takes as many elements as it holds, and no more", () => {
    forAll([size], (bound) => {
      const waiting = Probe.flow(() => Flow.of<number>().buffer(bound, "backpressure"))
      const failing = Probe.flow(() => Flow.of<number>().buffer(bound, "fail"))
      for (let n = 0; n < bound; n++) {
        expect(waiting.demand).toBe(true)
        waiting.send(n)
        failing.send(n)
      }
      expect(waiting.demand).toBe(false)
      expect(failing.ended).toBe(undefined)
      expect(failing.send(bound).ended).toMatchObject({ failed: { name: "BufferOverflowError" } })
    })
  })

  it("that drops emits a part of the stream in its order, and never more than it holds at once", () => {
    const strategy = fc.constantFrom("dropHead", "dropTail", "dropNew", "dropBuffer")
    forAll([elements, size, strategy, pauses], (ns, bound, strategy, pauses) => {
      const probe = Probe.flow(() => Flow.of<number>().buffer(bound, strategy))
      const sent = ns.map((n, index) => n + index * 100)
      sent.forEach((n, index) => probe.send(n).request(pauses[index] ?? 0))
      const before = probe.received.length
      const wanted = probe.requested
      probe.unbounded()
      expect(probe.received.length - before).toBeLessThanOrEqual(wanted > 0 ? 0 : bound)
      expect(isSubsequence(probe.received, sent)).toBe(true)
    })
  })
})
