import fc from "fast-check"
import { Flow } from "../../src/stream/flow.ts"
import { type Branches, branches, type Plan, type Sinks, type Sources, sinks, sources } from "./plans.ts"
import type { TestEnvironment } from "./test-environment.ts"

export type Numbers = Flow<number, number>

/** An operator with its arguments, to be put below any flow of numbers. */
export interface Step extends Plan<Numbers> {
  apply(flow: Numbers, environment: TestEnvironment): Numbers
}

type Operator = (name: string) => fc.Arbitrary<Step>

/** An operator with random arguments; `apply` makes numbers again of whatever it emits. */
function step<Args extends unknown[]>(
  args: { [I in keyof Args]: fc.Arbitrary<Args[I]> },
  apply: (flow: Numbers, environment: TestEnvironment, ...args: Args) => Numbers,
): Operator {
  return (name) =>
    fc.tuple<Args>(...args).map((values) => {
      const below = (flow: Numbers, environment: TestEnvironment) => apply(flow, environment, ...values)
      const text = values.map((value) => (isPlan(value) ? value.text : JSON.stringify(value))).join(", ")
      return { text: `${name}(${text})`, apply: below, make: (environment) => below(Flow.of<number>(), environment) }
    })
}

const isPlan = (value: unknown): value is Plan<unknown> =>
  typeof value === "object" && value !== null && "text" in value

const count = fc.integer({ min: 1, max: 3 })
const time = fc.constantFrom(10, 20, 30)
const overflow = fc.constantFrom("backpressure", "dropHead", "dropTail", "dropNew", "dropBuffer", "fail")
const eager = fc.boolean()
const digest = (numbers: readonly number[]) => numbers.reduce((sum, n) => (sum * 10 + n) % 9973, numbers.length)
/** Leaves nothing in an array that was emitted: what a stage keeps must not be in it. */
const taken = (numbers: number[]) => digest(numbers.splice(0))
const isOdd = (n: number) => n % 2 !== 0

/** Every operator that a flow has, but for those that wait for a promise. */
export function table(sources: Sources, sinks: Sinks, flows: fc.Arbitrary<Plan<Numbers>>) {
  const branch: Branches = branches(flows, sinks)
  return {
    map: step([fc.constantFrom(7, 3, 0)], (flow, _, bad) =>
      flow.map((n) => {
        if (n === bad) throw new RangeError(`map: ${n}`)
        return n + 1
      }),
    ),
    filter: step([], (flow) => flow.filter(isOdd)),
    collect: step([], (flow) => flow.collect((n) => (n > 2 ? n * 2 : undefined))),
    mapConcat: step([fc.integer({ min: 0, max: 3 })], (flow, _, size) =>
      flow.mapConcat((n) => Array.from({ length: size }, (_, i) => n + i)),
    ),
    scan: step([], (flow) => flow.scan(0, (sum, n) => (sum + n) % 11)),
    statefulMap: step([eager, fc.constantFrom(7, 3)], (flow, environment, hasEnd, bad) => {
      const atEnd = (state: number) => {
        environment.note("end", state)
        return isOdd(state) ? state : undefined
      }
      const next = (state: number, n: number): [number, number] => {
        if (n === bad) throw new RangeError(`statefulMap: ${n}`)
        return [(state + n) % 11, state * 10 + n]
      }
      return flow.statefulMap(() => 1, next, hasEnd ? atEnd : undefined)
    }),
    statefulMapConcat: step([eager], (flow, _, atEnd) =>
      flow.statefulMapConcat(
        () => 0,
        (state, n) => [(state + 1) % 4, Array.from({ length: state }, () => n)],
        atEnd ? (state) => [state, state + 1] : undefined,
      ),
    ),
    zipWithIndex: step([], (flow) => flow.zipWithIndex().map(digest)),
    distinctUntilChanged: step([], (flow) => flow.distinctUntilChanged((n) => n >> 1)),
    intersperse: step([eager], (flow, _, ends) => flow.intersperse(0, ends ? { start: -1, end: -2 } : {})),
    grouped: step([count], (flow, _, size) => flow.grouped(size).map(taken)),
    sliding: step([count, fc.integer({ min: 1, max: 5 })], (flow, _, size, by) => flow.sliding(size, by).map(taken)),
    take: step([fc.integer({ min: 0, max: 6 })], (flow, _, size) => flow.take(size)),
    takeWhile: step([eager], (flow, _, inclusive) => flow.takeWhile((n) => n < 8, { inclusive })),
    drop: step([count], (flow, _, size) => flow.drop(size)),
    dropWhile: step([], (flow) => flow.dropWhile((n) => n < 4)),
    limit: step([fc.integer({ min: 0, max: 6 })], (flow, _, size) => flow.limit(size)),
    takeWithin: step([time], (flow, _, ms) => flow.takeWithin(ms * 4)),
    dropWithin: step([time], (flow, _, ms) => flow.dropWithin(ms)),
    delay: step([time, count, overflow], (flow, _, ms, bufferSize, overflow) =>
      flow.delay(ms, { bufferSize, overflow }),
    ),
    initialDelay: step([time], (flow, _, ms) => flow.initialDelay(ms)),
    throttle: step([count, time, count, fc.boolean()], (flow, _, elements, per, burst, enforce) =>
      flow.throttle(elements, per, { burst, enforce }),
    ),
    debounce: step([time], (flow, _, ms) => flow.debounce(ms)),
    groupedWithin: step([count, time], (flow, _, size, ms) => flow.groupedWithin(size, ms).map(taken)),
    keepAlive: step([time], (flow, _, ms) => flow.keepAlive(ms, () => -3)),
    idleTimeout: step([time], (flow, _, ms) => flow.idleTimeout(ms * 3)),
    initialTimeout: step([time], (flow, _, ms) => flow.initialTimeout(ms * 2)),
    backpressureTimeout: step([time], (flow, _, ms) => flow.backpressureTimeout(ms * 2)),
    completionTimeout: step([time], (flow, _, ms) => flow.completionTimeout(ms * 4)),
    buffer: step([count, overflow], (flow, _, bound, overflow) => flow.buffer(bound, overflow)),
    conflate: step([], (flow) => flow.conflate((held, n) => digest([held, n]))),
    expand: step([fc.integer({ min: 0, max: 4 })], (flow, _, size) =>
      flow.expand((n) => Array.from({ length: size }, (_, i) => n + i)),
    ),
    concat: step([sources], (flow, environment, source) => flow.concat(source.make(environment))),
    prepend: step([sources], (flow, environment, source) => flow.prepend(source.make(environment))),
    orElse: step([sources], (flow, environment, source) => flow.orElse(source.make(environment))),
    merge: step([sources, eager], (flow, environment, source, eagerComplete) =>
      flow.merge(source.make(environment), { eagerComplete }),
    ),
    mergePrioritized: step([sources, count, count, eager], (flow, environment, source, mine, its, eagerComplete) =>
      flow.mergePrioritized(source.make(environment), mine, its, { eagerComplete }),
    ),
    interleave: step([sources, count, eager], (flow, environment, source, segment, eagerComplete) =>
      flow.interleave(source.make(environment), segment, { eagerComplete }),
    ),
    zip: step([sources], (flow, environment, source) => flow.zip(source.make(environment)).map(taken)),
    zipLatest: step([sources], (flow, environment, source) => flow.zipLatest(source.make(environment)).map(taken)),
    flatMapConcat: step([sources], (flow, environment, source) =>
      flow.flatMapConcat((n) => source.make(environment).map((inner) => digest([n, inner]))),
    ),
    flatMapMerge: step([count, sources], (flow, environment, breadth, source) =>
      flow.flatMapMerge(breadth, (n) => source.make(environment).map((inner) => digest([n, inner]))),
    ),
    switchMap: step([sources], (flow, environment, source) =>
      flow.switchMap((n) => source.make(environment).map((inner) => digest([n, inner]))),
    ),
    alsoTo: step([sinks], (flow, environment, sink) => flow.alsoTo(sink.make(environment))),
    divertTo: step([sinks], (flow, environment, sink) => flow.divertTo(sink.make(environment), isOdd)),
    wireTap: step([sinks], (flow, environment, sink) => flow.wireTap(sink.make(environment))),
    broadcast: step([flows, branch], (flow, environment, first, second) =>
      flow.broadcast<number>((all) => all.via(first.make(environment)), second.make(environment)),
    ),
    partition: step([branch, flows], (flow, environment, first, second) =>
      flow.partition<number>((n) => (isOdd(n) ? 1 : 0), first.make(environment), second.make(environment)),
    ),
    balance: step([flows, branch], (flow, environment, first, second) =>
      flow.balance<number>(first.make(environment), second.make(environment)),
    ),
    recover: step([eager], (flow, environment, handled) =>
      flow.recover((error) => {
        environment.note("recover", error)
        return handled ? 100 : undefined
      }),
    ),
    recoverWith: step([sources, fc.integer({ min: 0, max: 2 })], (flow, environment, source, attempts) =>
      flow.recoverWith((error) => source.make(environment).map((n) => n + String(error).length), { attempts }),
    ),
    mapError: step([], (flow) => flow.mapError((error) => new TypeError(`mapped ${String(error)}`))),
    onTermination: step([], (flow, environment) =>
      flow.onTermination((termination) => environment.note("over", termination)),
    ),
    log: step([], (flow, environment) => flow.log("log", (...line) => environment.note(...line))),
    via: step([flows], (flow, environment, other) => flow.via(other.make(environment))),
  }
}

/** The operators with random arguments; sources and branches in them are flows of operators again, `depth` deep. */
export function steps(depth: number): Record<keyof ReturnType<typeof table>, fc.Arbitrary<Step>> {
  const inner = depth > 0 ? fc.oneof(...Object.values(steps(depth - 1))) : fc.constant(identity)
  const flows = fc.oneof({ weight: 1, arbitrary: fc.constant(identity) }, { weight: 3, arbitrary: inner })
  const operators = table(sources(flows), sinks(flows), flows)
  const named = Object.entries(operators).map(([name, operator]) => [name, operator(name)])
  return Object.fromEntries(named)
}

export const identity: Step = { text: "of()", apply: (flow) => flow, make: () => Flow.of<number>() }
