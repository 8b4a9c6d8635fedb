import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

type Numbers = Flow<number, number>

const alone = (n: number) => [n]
const together = (held: number[], n: number) => [...held, n]

/** Flows that pass every element, in order, each in its own way. */
const faithful: Record<string, (flow: Numbers) => Numbers> = {
  map: (flow) => flow.map((n) => n),
  filter: (flow) => flow.filter(() => true),
  collect: (flow) => flow.collect((n) => n),
  mapConcat: (flow) => flow.mapConcat((n) => [n]),
  scan: (flow) => flow.scan(-1, (_, n) => n).drop(1),
  statefulMap: (flow) =>
    flow.statefulMap(
      () => 0,
      (_, n) => [n, n],
    ),
  zipWithIndex: (flow) => flow.zipWithIndex().map(([n]) => n),
  distinctUntilChanged: (flow) => flow.distinctUntilChanged(),
  intersperse: (flow) => flow.intersperse(-1).filter((n) => n >= 0),
  grouped: (flow) => flow.grouped(3).mapConcat((group) => group),
  sliding: (flow) => flow.sliding(2, 2).mapConcat((window) => window),
  collectWhile: (flow) => flow.collectWhile((n) => n),
  limit: (flow) => flow.limit(1_000),
  delay: (flow) => flow.delay(10, { bufferSize: 2 }),
  initialDelay: (flow) => flow.initialDelay(10),
  throttle: (flow) => flow.throttle(1, 10),
  groupedWithin: (flow) => flow.groupedWithin(3, 10).mapConcat((group) => group),
  "throttle, with costs": (flow) => flow.throttle(10, 10, { cost: (n) => n % 30 }),
  limitWeighted: (flow) => flow.limitWeighted(10_000, (n) => n),
  groupedWeightedWithin: (flow) => flow.groupedWeightedWithin(9, 10, (n) => n % 12).mapConcat((group) => group),
  buffer: (flow) => flow.buffer(2, "backpressure"),
  conflate: (flow) =>
    flow
      .map((n) => [n])
      .conflate((held, next) => [...held, ...next])
      .mapConcat((all) => all),
  conflateWithSeed: (flow) => flow.conflateWithSeed(alone, together).mapConcat((all) => all),
  batch: (flow) => flow.batch(3, alone, together).mapConcat((all) => all),
  batchWeighted: (flow) => flow.batchWeighted(9, (n) => n, alone, together).mapConcat((all) => all),
  concat: (flow) => flow.concat(Source.empty<number>()),
  prepend: (flow) => flow.prepend(Source.empty<number>()),
  orElse: (flow) => flow.orElse(Source.empty<number>()),
  merge: (flow) => flow.merge(Source.empty<number>()),
  mergePreferred: (flow) => flow.mergePreferred(Source.empty<number>(), { preferSource: true }),
  mergeLatest: (flow) => flow.mergeLatest(Source.single(0)).map(([n]) => n),
  mergePrioritized: (flow) => flow.mergePrioritized(Source.empty<number>(), 1, 3),
  interleave: (flow) => flow.interleave(Source.empty<number>(), 2),
  zip: (flow) => flow.zip(Source.repeat(0)).map(([n]) => n),
  flatMapConcat: (flow) => flow.flatMapConcat((n) => Source.single(n)),
  flatMapMerge: (flow) => flow.flatMapMerge(1, (n) => Source.single(n)),
  flatMapPrefix: (flow) => flow.flatMapPrefix(2, (prefix, tail) => tail.prepend(Source.from(prefix))),
  prefixAndTail: (flow) => flow.prefixAndTail(2).flatMapConcat(([prefix, tail]) => Source.from(prefix).concat(tail)),
  groupBy: (flow) =>
    flow.groupBy(
      1,
      () => "all",
      (substream) => substream,
    ),
  splitWhen: (flow) =>
    flow.splitWhen(
      (n) => n % 3 === 0,
      (substream) => substream,
    ),
  splitAfter: (flow) =>
    flow.splitAfter(
      (n) => n % 3 === 0,
      (substream) => substream,
    ),
  killSwitch: (flow) => flow.killSwitch(Source.empty()),
  alsoTo: (flow) => flow.alsoTo(Sink.ignore()),
  divertTo: (flow) => flow.divertTo(Sink.ignore(), () => false),
  wireTap: (flow) => flow.wireTap(Flow.of<number>().take(1).to(Sink.ignore())),
  broadcast: (flow) =>
    flow.broadcast(
      Flow.of<number>(),
      Flow.of<number>().filter(() => false),
    ),
  partition: (flow) => flow.partition((n) => n % 2, Flow.of<number>(), Flow.of<number>()),
  balance: (flow) => flow.balance(Flow.of<number>()),
  recover: (flow) => flow.recover(() => -1),
  recoverWith: (flow) => flow.recoverWith(() => Source.empty<number>()),
  monitor: (flow) => flow.monitor(() => {}),
  via: (flow) => flow.via(Flow.of<number>()),
}

/** An action on an observed flow. */
const deeds = fc.array(
  fc.tuple(fc.constantFrom("send", "send", "request", "advance", "stall"), fc.integer({ min: 0, max: 25 })),
  { maxLength: 40, size: "max" },
)

/** Runs the actions on a flow, sending 0, 1, 2 … on demand. Records the output with its time. */
function watch(make: () => Numbers, deeds: readonly [string, number][]) {
  const probe: Probe<number, { element: number; at: number }> = Probe.flow(() =>
    make().map((element) => ({ element, at: probe.clock.now() })),
  )
  let sent = 0
  for (const [deed, value] of deeds) {
    if (deed === "send" && probe.demand) probe.send(sent++)
    if (deed === "request") probe.request(value % 5)
    if (deed === "stall") probe.clock.stall(value)
    if (deed === "advance") probe.advance(value)
  }
  return { probe, sent }
}

const numbersTo = (count: number) => Array.from({ length: count }, (_, index) => index)

describe("no element is lost or doubled, for any pauses of the stream:", () => {
  const chains = fc.array(fc.constantFrom(...Object.keys(faithful)), { minLength: 1, maxLength: 6 })

  it("in a chain of flows that pass every element", () => {
    fc.assert(
      fc.property(chains, deeds, (names, deeds) => {
        const make = () =>
          names.reduce((flow, name) => flow.via(faithful[name]?.(Flow.of()) ?? flow), Flow.of<number>())
        const { probe, sent } = watch(make, deeds)
        probe.complete().unbounded().advance(100_000)
        const received = probe.received.map(({ element }) => element)
        // The merge after a partition takes the elements of its branches in the order in which they emit them.
        if (names.includes("partition")) received.sort((a, b) => a - b)
        expect(received).toEqual(numbersTo(sent))
        expect(probe.ended).toBe("completed")
      }),
      { numRuns: 2_000 },
    )
  })
})

describe("throttle", () => {
  it("never exceeds its rate, for any delay of the clock", () => {
    const rates = fc.record({ interval: fc.integer({ min: 1, max: 20 }), burst: fc.integer({ min: 0, max: 4 }) })
    fc.assert(
      fc.property(rates, deeds, ({ interval, burst }, deeds) => {
        const { probe } = watch(() => Flow.of<number>().throttle(1, interval, { burst }), deeds)
        const times = probe.received.map(({ at }) => at)
        times.forEach((from, first) => {
          times.slice(first).forEach((to, more) => {
            expect(to - from).toBeGreaterThanOrEqual((more + 1 - Math.max(burst, 1)) * interval)
          })
        })
      }),
      { numRuns: 1_000 },
    )
  })

  it("never exceeds its rate by cost, for any delay of the clock", () => {
    const rates = fc.record({ interval: fc.integer({ min: 1, max: 20 }), burst: fc.integer({ min: 0, max: 4 }) })
    const cost = (n: number) => (n * 7) % 6
    fc.assert(
      fc.property(rates, deeds, ({ interval, burst }, deeds) => {
        const { probe } = watch(() => Flow.of<number>().throttle(1, interval, { burst, cost }), deeds)
        const { received } = probe
        received.forEach((from, first) => {
          let spent = 0
          for (const to of received.slice(first)) {
            spent += Math.min(cost(to.element), burst)
            expect(to.at - from.at).toBeGreaterThanOrEqual((spent - burst) * interval)
          }
        })
      }),
      { numRuns: 1_000 },
    )
  })

  it("keeps the distance to an element that was late", () => {
    const throttled = () => Flow.of<number>().throttle(1, 10, { burst: 1 })
    const probe = Probe.flow(throttled).unbounded().send(1, 2)
    probe.clock.stall(25)
    expect(probe.advance(0).send(3).received).toEqual([1, 2])
    expect(probe.advance(10).received).toEqual([1, 2, 3])
  })
})

describe("tick", () => {
  const ticks = fc.record({ every: fc.integer({ min: 1, max: 20 }), initialDelay: fc.integer({ min: 0, max: 20 }) })

  it("is emitted at its point of the grid, or later if the clock is late, but never twice", () => {
    fc.assert(
      fc.property(ticks, deeds, ({ every, initialDelay }, deeds) => {
        const make = () => Flow.fromSinkAndSource<number, number>(Sink.ignore(), Source.tick(every, { initialDelay }))
        const seen = watch(make, deeds).probe.received
        const isLate = deeds.some(([deed]) => deed === "stall")
        seen.forEach(({ element, at }, index) => {
          const passed = at - initialDelay - element * every
          expect(passed).toBeGreaterThanOrEqual(0)
          expect(passed).toBeLessThan(every)
          if (!isLate) expect(passed).toBe(0)
          expect(element).toBeGreaterThan(seen[index - 1]?.element ?? -1)
        })
      }),
      { numRuns: 1_000 },
    )
  })

  it("is emitted at every point of the grid with demand, if the clock is not late", () => {
    fc.assert(
      fc.property(ticks, ({ every, initialDelay }) => {
        const probe = Probe.source(() => Source.tick(every, { initialDelay })).unbounded()
        probe.advance(initialDelay + every * 10)
        // The first tick of a grid that starts at once came before the demand.
        expect(probe.received).toEqual(numbersTo(11).slice(initialDelay === 0 ? 1 : 0))
      }),
    )
  })
})
