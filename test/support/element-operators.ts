import fc from "fast-check"
import { count, digest, eager, isOdd, overflow, step, taken, time } from "./operator-step.ts"

/** The operators without other sources, sinks or flows. */
export const elementOperators = {
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
  collectWhile: step([], (flow) => flow.collectWhile((n) => (n < 8 ? n * 2 : undefined))),
  drop: step([count], (flow, _, size) => flow.drop(size)),
  dropWhile: step([], (flow) => flow.dropWhile((n) => n < 4)),
  limit: step([fc.integer({ min: 0, max: 6 })], (flow, _, size) => flow.limit(size)),
  limitWeighted: step([fc.integer({ min: 0, max: 20 })], (flow, _, max) =>
    flow.limitWeighted(max, (n) => Math.abs(n) % 7),
  ),
  takeWithin: step([time], (flow, _, ms) => flow.takeWithin(ms * 4)),
  dropWithin: step([time], (flow, _, ms) => flow.dropWithin(ms)),
  delay: step([time, count, overflow], (flow, _, ms, bufferSize, overflow) => flow.delay(ms, { bufferSize, overflow })),
  initialDelay: step([time], (flow, _, ms) => flow.initialDelay(ms)),
  throttle: step(
    [count, time, fc.integer({ min: 0, max: 3 }), fc.boolean(), fc.constantFrom(0, 1, 3)],
    (flow, _, elements, per, burst, enforce, costs) =>
      flow.throttle(elements, per, {
        burst,
        enforce,
        cost: costs === 0 ? undefined : (n) => Math.abs(n) % (costs + 1),
      }),
  ),
  debounce: step([time], (flow, _, ms) => flow.debounce(ms)),
  groupedWithin: step([count, time], (flow, _, size, ms) => flow.groupedWithin(size, ms).map(taken)),
  groupedWeightedWithin: step([count, time, count], (flow, _, weight, ms, size) =>
    flow
      .groupedWeightedWithin(weight * 3, ms, (n) => Math.abs(n) % 7, { count: size === 3 ? Infinity : size })
      .map(taken),
  ),
  keepAlive: step([time], (flow, _, ms) => flow.keepAlive(ms, () => -3)),
  idleTimeout: step([time], (flow, _, ms) => flow.idleTimeout(ms * 3)),
  initialTimeout: step([time], (flow, _, ms) => flow.initialTimeout(ms * 2)),
  backpressureTimeout: step([time], (flow, _, ms) => flow.backpressureTimeout(ms * 2)),
  completionTimeout: step([time], (flow, _, ms) => flow.completionTimeout(ms * 4)),
  buffer: step([count, overflow], (flow, _, bound, overflow) => flow.buffer(bound, overflow)),
  conflate: step([], (flow) => flow.conflate((held, n) => digest([held, n]))),
  conflateWithSeed: step([], (flow) =>
    flow
      .conflateWithSeed(
        (n) => [n],
        (held, n) => [...held, n],
      )
      .map(taken),
  ),
  batch: step([count], (flow, _, max) =>
    flow
      .batch(
        max,
        (n) => [n],
        (batch, n) => [...batch, n],
      )
      .map(taken),
  ),
  batchWeighted: step([count, fc.constantFrom(7, -1)], (flow, _, max, bad) => {
    const seed = (n: number) => {
      if (n === bad) throw new RangeError(`batchWeighted: ${n}`)
      return [n]
    }
    return flow
      .batchWeighted(
        max * 3,
        (n) => Math.abs(n) % 7,
        seed,
        (batch, n) => [...batch, n],
      )
      .map(taken)
  }),
  expand: step([fc.integer({ min: 0, max: 4 })], (flow, _, size) =>
    flow.expand((n) => Array.from({ length: size }, (_, i) => n + i)),
  ),
}
