import fc from "fast-check"
import { Flow } from "../../src/stream/flow.ts"
import { RestartSource } from "../../src/stream/restart-source.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import type { TestEnvironment } from "./test-environment.ts"

/** How to make a blueprint, and how to show it when a property fails. The same every time, as in a Durable Object. */
export interface Plan<T> {
  text: string
  make(environment: TestEnvironment): T
}

export type Sources = fc.Arbitrary<Plan<Source<number>>>
export type Sinks = fc.Arbitrary<Plan<Sink<number, unknown>>>
export type Flows = fc.Arbitrary<Plan<Flow<number, number>>>
export type Branches = fc.Arbitrary<Plan<Flow<number, number> | Sink<number, unknown>>>

const small = fc.integer({ min: 0, max: 4 })
const plan = <T>(text: string, make: (environment: TestEnvironment) => T): Plan<T> => ({ text, make })

/** How a source or a flow restarts; most do not. */
export const restarts = fc.option(fc.constantFrom("withBackoff", "onFailuresWithBackoff"), { freq: 1, nil: undefined })
export const backoff = { minBackoff: 5, maxBackoff: 20, randomFactor: 0, maxRestarts: 2 }

/** Iterated anew each time; not an array, so that it is really iterated. */
const iterable = (size: number): Iterable<number> => new Set(Array.from({ length: size }, (_, i) => i))

/** Every source that keeps its position. Endless ones are cut, because a `conflate` would never end with them. */
export const sourceTable = {
  empty: fc.constant(plan("empty()", () => Source.empty<number>())),
  never: fc.constant(plan("never()", () => Source.never<number>())),
  single: small.map((n) => plan(`single(${n})`, () => Source.single(n))),
  from: small.map((n) => plan(`from(${n})`, () => Source.from(iterable(n)))),
  range: fc.constantFrom(0, 1, 3, 20).map((n) => plan(`range(1, ${n})`, () => Source.range(1, n))),
  repeat: small.map((n) => plan(`repeat(${n}).take(3)`, () => Source.repeat(n).take(3))),
  cycle: small.map((n) => plan(`cycle(${n}).take(5)`, () => Source.cycle([n, 9]).take(5))),
  unfold: small.map((n) => plan(`unfold(${n})`, () => Source.unfold(n, (i) => (i < 5 ? [i + 1, i] : undefined)))),
  failed: small.map((n) => plan(`failed(${n})`, () => Source.failed<number>(new TypeError(`source ${n}`)))),
  tick: fc
    .tuple(fc.constantFrom(10, 20, 30), fc.constantFrom(0, 5, 40), fc.constantFrom("", "running", "stopped"))
    .map(([every, initialDelay, when]) =>
      plan(`tick(${every}, ${initialDelay}, ${when})`, (environment) =>
        Source.tick(every, {
          initialDelay,
          while: when ? () => environment.running === (when === "running") : undefined,
        }),
      ),
    ),
  lazy: fc.constantFrom<Plan<Source<number>>>(
    plan("lazy(range(1, 3))", () => Source.lazy(() => Source.range(1, 3))),
    plan("lazy(tick(10))", () => Source.lazy(() => Source.tick(10))),
    plan("lazy(lazy(unfold(0)))", () =>
      Source.lazy(() => Source.lazy(() => Source.unfold(0, (i) => [i + 1, i]))).take(4),
    ),
    plan("lazy(failed())", () => Source.lazy(() => Source.single(1).concat(Source.failed(new TypeError("lazy"))))),
  ),
  combine: fc
    .constantFrom("merge", "concat")
    .map((strategy) =>
      plan(`combine(${strategy})`, () =>
        Source.combine([Source.range(1, 3), Source.tick(10).take(2), Source.single(7)], strategy),
      ),
    ),
  zipN: small.map((n) =>
    plan(`zipN(${n})`, () =>
      Source.zipN([Source.range(1, n), Source.tick(10), Source.cycle([4, 5])]).map((all) =>
        all.splice(0).reduce((sum, next) => sum * 7 + next, 0),
      ),
    ),
  ),
  queue: fc.constantFrom<"fail" | "dropHead" | "dropNew">("fail", "dropHead", "dropNew").map((overflow) =>
    plan(`queue(2, ${overflow})`, (environment) => {
      const queue = Source.queue<number>(2, overflow)
      environment.queue = queue
      return queue.source
    }),
  ),
  maybe: fc.constant(
    plan("maybe()", (environment) => {
      const maybe = Source.maybe<number>()
      environment.queue = {
        offer: (element) => String(maybe.complete(element)),
        complete: () => maybe.complete(),
      }
      return maybe.source
    }),
  ),
}

/** A source that gets its elements from the script. */
export const offered = fc.oneof(sourceTable.queue, sourceTable.maybe)

/** Sources that may be made while the flow runs, each followed by a flow. */
export function sources(flows: Flows): Sources {
  // These are made by the function that makes the flow, because the script cannot offer to a source that is made later.
  const { queue: _, maybe: __, ...others } = sourceTable
  return fc.tuple(fc.oneof(...Object.values(others)), flows, restarts).map(([source, flow, restarts]) => {
    const make = (environment: TestEnvironment) => source.make(environment).via(flow.make(environment))
    const text = `${source.text}.${flow.text}`
    if (restarts === undefined) return plan(text, make)
    return plan(`restart(${text}, ${restarts})`, (environment) =>
      RestartSource[restarts](backoff, () => make(environment)),
    )
  })
}

const sink = (text: string, make: (environment: TestEnvironment) => Sink<number, unknown>) =>
  fc.constant(plan(text, make))

export const sinkTable = {
  forEach: sink("forEach()", (environment) => Sink.forEach((n) => environment.note("sink", n))),
  ignore: sink("ignore()", () => Sink.ignore()),
  cancelled: sink("cancelled()", () => Sink.cancelled()),
  fold: sink("fold()", () => Sink.fold<number, number>(0, (sum, n) => sum * 3 + n)),
  head: sink("head()", () => Sink.head<number>()),
  last: sink("last()", () => Sink.last<number>()),
  toArray: sink("toArray()", () => Sink.toArray<number>()),
  headOption: sink("headOption()", () => Sink.headOption<number>()),
  lastOption: sink("lastOption()", () => Sink.lastOption<number>()),
  takeLast: sink("takeLast(2)", () => Sink.takeLast<number>(2)),
  reduce: sink("reduce()", () => Sink.reduce<number>((value, n) => (value * 3 + n) % 101)),
  count: sink("count()", () => Sink.count()),
  exists: sink("exists()", () => Sink.exists<number>((n) => n > 5)),
  forall: sink("forall()", () => Sink.forall<number>((n) => n < 5)),
  combine: fc.constantFrom("broadcast", "balance").map((strategy) =>
    plan(`combine(${strategy})`, (environment) =>
      Sink.combine(
        [
          Sink.head<number>(),
          Flow.of<number>().throttle(1, 10, { burst: 1 }).to(Sink.toArray()),
          Flow.of<number>()
            .take(3)
            .log("combined", (...line) => environment.note(...line))
            .to(Sink.count()),
        ],
        strategy,
      ),
    ),
  ),
  onComplete: sink("onComplete()", (environment) =>
    Sink.onComplete((error) => environment.note("sink is over", error)),
  ),
}

export function sinks(flows: Flows): Sinks {
  const seen = (environment: TestEnvironment) => Flow.of<number>().log("side", (...line) => environment.note(...line))
  return fc
    .tuple(flows, fc.oneof(...Object.values(sinkTable)))
    .map(([flow, end]) =>
      plan(`${flow.text}.to(${end.text})`, (environment) =>
        flow.make(environment).via(seen(environment)).to(end.make(environment)),
      ),
    )
}

export const branches = (flows: Flows, sinks: Sinks): Branches => fc.oneof(flows, sinks)

/** A flow of two ends, or of one that starts with a queue. */
export function disconnected(sources: Sources, sinks: Sinks): Flows {
  const source = fc.oneof(sources, offered)
  return fc.tuple(sinks, source, fc.boolean()).map(([into, out, coupled]) => {
    const make = coupled ? Flow.fromSinkAndSourceCoupled : Flow.fromSinkAndSource
    return plan(`fromSinkAndSource${coupled ? "Coupled" : ""}(${into.text}, ${out.text})`, (environment) =>
      make<number, number>(into.make(environment), out.make(environment)),
    )
  })
}
