import { requireInteger, requirePositiveInteger } from "../argument.ts"
import { checkNames } from "../author-value.ts"
import type { Apply, BlueprintKind } from "../blueprint.ts"
import { type Duration, toMilliseconds } from "../duration.ts"
import { type OverflowStrategy, requireStrategy } from "../overflow.ts"
import { GroupedWeightedWithin } from "../stages/grouped-weighted-within.ts"
import { Debounce, Delay, GroupedWithin, Throttle } from "../stages/rate.ts"
import {
  BackpressureTimeout,
  DropWithin,
  InitialDelay,
  InitialTimeout,
  KeepAlive,
  TakeWithin,
  Timeout,
} from "../stages/timeouts.ts"
import { LimitOperators } from "./limit.ts"

/** Operators with a clock. Durations are milliseconds, or words such as `"1 second"`; at least 0 unless an operator says more. */
export abstract class TimeOperators<K extends BlueprintKind, In, Out> extends LimitOperators<K, In, Out> {
  /**
   * Ends the stream `duration` after the start.
   *
   * - **Emits when** upstream emits
   * - **Backpressures when** downstream backpressures
   * - **Completes when** upstream completes or the duration is over
   * - **Cancels when** downstream cancels or the duration is over
   * - **Hibernates:** keeps the time at which the duration is over
   */
  takeWithin(duration: Duration): Apply<K, In, Out> {
    const length = toMilliseconds(duration, 0, "takeWithin: duration")
    return this.stage("takeWithin", "keeps", () => new TakeWithin<Out>(length))
  }

  /**
   * Drops the elements that arrive within `duration` of the start.
   *
   * - **Emits when** upstream emits and the duration is over
   * - **Backpressures when** the duration is over and downstream backpressures
   * - **Completes when** upstream completes
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps the time at which the duration is over
   */
  dropWithin(duration: Duration): Apply<K, In, Out> {
    const length = toMilliseconds(duration, 0, "dropWithin: duration")
    return this.stage("dropWithin", "keeps", () => new DropWithin<Out>(length))
  }

  /**
   * Emits each element `duration` after it arrived. A buffer holds up to `bufferSize` elements (at least 1, default 16). `overflow`
   * (default `backpressure`, where Pekko drops) applies when it is full.
   *
   * - **Emits when** `duration` has passed since the element arrived
   * - **Backpressures when** the buffer is full and the strategy is `backpressure`
   * - **Completes when** upstream completes and every element was emitted
   * - **Cancels when** downstream cancels, or the buffer overflows and the strategy is `fail`
   * - **Hibernates:** keeps the buffered elements and the due time of each
   */
  delay(duration: Duration, options: { bufferSize?: number; overflow?: OverflowStrategy } = {}): Apply<K, In, Out> {
    const { bufferSize = 16, overflow = "backpressure" } = options
    checkNames("delay option", options, { bufferSize, overflow })
    const length = toMilliseconds(duration, 0, "delay: duration")
    requirePositiveInteger("delay: bufferSize", bufferSize)
    requireStrategy("delay: overflow", overflow)
    return this.stage("delay", "keeps", () => new Delay<Out>(length, bufferSize, overflow))
  }

  /**
   * Holds back the demand until `duration` after the start.
   *
   * - **Emits when** upstream emits and the duration is over
   * - **Backpressures when** downstream backpressures or the duration is not over
   * - **Completes when** upstream completes
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps the time at which the duration is over
   */
  initialDelay(duration: Duration): Apply<K, In, Out> {
    const length = toMilliseconds(duration, 0, "initialDelay: duration")
    return this.stage("initialDelay", "keeps", () => new InitialDelay<Out>(length))
  }

  /**
   * Limits the rate to `elements` (at least 1) in each `per` (at least 1 ms), evenly spaced, after a burst of up to `burst` elements.
   * Faster elements are held back; with `enforce`, they fail the stream with a `RateExceededError`. The default burst is the number of
   * elements that the rate allows in 100 ms, and at least 1. A burst of 0 holds each element back, the first too.
   *
   * With `cost`, an element counts as many times as `cost` returns for it, a number of at least 0. An element that costs more
   * than the burst is held back until the rate allows all of it; with `enforce`, it always fails.
   *
   * - **Emits when** upstream emits and the rate allows it
   * - **Backpressures when** downstream backpressures or the rate does not yet allow the element
   * - **Completes when** upstream completes and the held element was emitted
   * - **Cancels when** downstream cancels, `cost` throws, or with `enforce` the rate is exceeded
   * - **Hibernates:** keeps the held element and the state of the rate, one number
   *
   * @example `Flow.of<string>().throttle(20, "1 second", { burst: 20 })`
   * @example `Flow.of<string>().throttle(65_536, "1 second", { cost: (text) => text.length })`
   */
  throttle(
    elements: number,
    per: Duration,
    options: { burst?: number; enforce?: boolean; cost?: (element: Out) => number } = {},
  ): Apply<K, In, Out> {
    const { burst, enforce = false, cost } = options
    checkNames("throttle option", options, { burst, enforce, cost })
    const length = toMilliseconds(per, 1, "throttle: per")
    const interval = length / requirePositiveInteger("throttle: elements", elements)
    // Not 100 / interval, which rounding may put below a whole number.
    const defaultBurst = Math.max(1, Math.floor((100 * elements) / length))
    const checkedBurst = requireInteger("throttle: burst", burst === undefined ? defaultBurst : burst, { least: 0 })
    const make = () => new Throttle<Out>(interval, checkedBurst, enforce, cost)
    return this.stage("throttle", "keeps", make, cost === undefined ? {} : { cost })
  }

  /**
   * Emits an element when no other has arrived for `duration`, and drops the elements before it.
   *
   * - **Emits when** no element has arrived for `duration` after this one, or upstream completes
   * - **Backpressures when** never
   * - **Completes when** upstream completes and the held element was emitted
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps the held element and its due time
   */
  debounce(duration: Duration): Apply<K, In, Out> {
    const length = toMilliseconds(duration, 0, "debounce: duration")
    return this.stage("debounce", "keeps", () => new Debounce<Out>(length))
  }

  /**
   * Groups elements into arrays of at most `count` (at least 1), and holds no group longer than `duration`. The duration counts
   * from the first element of a group, so an empty group sets no timer; Pekko's counts from the group before.
   *
   * - **Emits when** `count` elements have arrived, `duration` has passed since the first, or upstream completes
   * - **Backpressures when** a complete group has no demand; after a timeout, one element of the next group is still taken
   * - **Completes when** upstream completes and the last group was emitted
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps the group and its due time
   */
  groupedWithin(count: number, duration: Duration): Apply<K, In, Out[]> {
    const length = toMilliseconds(duration, 0, "groupedWithin: duration")
    requirePositiveInteger("groupedWithin: count", count)
    return this.stage("groupedWithin", "keeps", () => new GroupedWithin<Out>(count, length))
  }

  /**
   * `groupedWithin` by cost: the elements of a group cost at most `maxWeight` (at least 1) together, and are at most `count`
   * (default `Infinity`). `cost` returns the cost of an element, a number of at least 0. An element that costs more than
   * `maxWeight` is a group alone. A full group without demand takes elements that cost nothing until its `duration` is over.
   *
   * - **Emits when** a group costs `maxWeight`, the next element does not fit, `count` have come, `duration` is over, or upstream completes
   * - **Backpressures when** a complete group has no demand and the next group has an element
   * - **Completes when** upstream completes and the last group was emitted
   * - **Cancels when** downstream cancels, or `cost` throws
   * - **Hibernates:** keeps the group, its cost and its due time
   *
   * @example `Flow.of<string>().groupedWeightedWithin(16_384, "100 milliseconds", (text) => text.length)`
   */
  groupedWeightedWithin(
    maxWeight: number,
    duration: Duration,
    cost: (element: Out) => number,
    options: { count?: number } = {},
  ): Apply<K, In, Out[]> {
    const { count = Infinity } = options
    checkNames("groupedWeightedWithin option", options, { count })
    requirePositiveInteger("groupedWeightedWithin: maxWeight", maxWeight)
    const length = toMilliseconds(duration, 0, "groupedWeightedWithin: duration")
    requireInteger("groupedWeightedWithin: count", count, { least: 1, orInfinity: true })
    const make = () => new GroupedWeightedWithin<Out>(maxWeight, cost, count, length)
    return this.stage("groupedWeightedWithin", "keeps", make, { cost })
  }

  /**
   * Emits the result of `inject` whenever upstream has emitted no element for `idle` (at least 1 ms).
   *
   * - **Emits when** upstream emits, or has not emitted for `idle`
   * - **Backpressures when** a held element has no demand
   * - **Completes when** upstream completes and the held element was emitted
   * - **Cancels when** downstream cancels, or `inject` throws
   * - **Hibernates:** keeps the held element and the due time of the next injection
   */
  keepAlive<B>(idle: Duration, inject: () => B): Apply<K, In, Out | B> {
    const length = toMilliseconds(idle, 1, "keepAlive: idle")
    return this.stage("keepAlive", "keeps", () => new KeepAlive<Out, B>(length, inject), { inject })
  }

  /**
   * Fails with a `StreamTimeoutError` when no element has arrived for `duration`, counted from the last element or from the start.
   *
   * - **Emits when** upstream emits
   * - **Backpressures when** downstream backpressures
   * - **Completes when** upstream completes
   * - **Cancels when** downstream cancels, or no element has arrived for `duration`
   * - **Hibernates:** keeps the time at which the duration is over
   */
  idleTimeout(duration: Duration): Apply<K, In, Out> {
    const length = toMilliseconds(duration, 0, "idleTimeout: duration")
    const message = `idleTimeout: no element for ${length} ms`
    return this.stage("idleTimeout", "keeps", () => new Timeout<Out>(length, true, message))
  }

  /**
   * Fails with a `StreamTimeoutError` when the stream has not completed `duration` after its start.
   *
   * - **Emits when** upstream emits
   * - **Backpressures when** downstream backpressures
   * - **Completes when** upstream completes
   * - **Cancels when** downstream cancels or the duration is over
   * - **Hibernates:** keeps the time at which the duration is over
   */
  completionTimeout(duration: Duration): Apply<K, In, Out> {
    const length = toMilliseconds(duration, 0, "completionTimeout: duration")
    const message = `completionTimeout: not completed within ${length} ms`
    return this.stage("completionTimeout", "keeps", () => new Timeout<Out>(length, false, message))
  }

  /**
   * Fails with a `StreamTimeoutError` when the first element has not arrived `duration` after the start.
   *
   * - **Emits when** upstream emits
   * - **Backpressures when** downstream backpressures
   * - **Completes when** upstream completes
   * - **Cancels when** downstream cancels, or no element has arrived within `duration`
   * - **Hibernates:** keeps the time at which the duration is over, until the first element
   *
   * @example `Flow.of<string>().initialTimeout("10 seconds")` // closes sockets that send no login
   */
  initialTimeout(duration: Duration): Apply<K, In, Out> {
    const length = toMilliseconds(duration, 0, "initialTimeout: duration")
    const message = `initialTimeout: no first element within ${length} ms`
    return this.stage("initialTimeout", "keeps", () => new InitialTimeout<Out>(length, false, message))
  }

  /**
   * Fails with a `StreamTimeoutError` when downstream backpressures for `duration`, counted from the last element or from the start.
   *
   * - **Emits when** upstream emits
   * - **Backpressures when** downstream backpressures
   * - **Completes when** upstream completes
   * - **Cancels when** downstream cancels, or there was no demand for `duration`
   * - **Hibernates:** keeps the time at which the duration is over
   *
   * @example `Flow.of<string>().backpressureTimeout("30 seconds")`
   */
  backpressureTimeout(duration: Duration): Apply<K, In, Out> {
    const length = toMilliseconds(duration, 0, "backpressureTimeout: duration")
    const message = `backpressureTimeout: no demand for ${length} ms`
    return this.stage("backpressureTimeout", "keeps", () => new BackpressureTimeout<Out>(length, false, message))
  }
}
