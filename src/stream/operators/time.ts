import { requirePositiveInteger } from "../argument.ts"
import type { Apply, BlueprintKind } from "../blueprint.ts"
import { type Duration, toMilliseconds } from "../duration.ts"
import { type OverflowStrategy, requireStrategy } from "../overflow.ts"
import { Debounce, Delay, GroupedWithin, Throttle } from "../stages/rate.ts"
import { DropWithin, InitialDelay, KeepAlive, TakeWithin, Timeout } from "../stages/timeouts.ts"
import { LimitOperators } from "./limit.ts"

/** Operators that ask the clock. Durations are milliseconds or words such as `"1 second"`. */
export abstract class TimeOperators<K extends BlueprintKind, In, Out> extends LimitOperators<K, In, Out> {
  /**
   * Lets elements pass until `duration` has gone by since the start, and then ends the stream.
   *
   * - **Emits when** upstream emits
   * - **Backpressures when** downstream backpressures
   * - **Completes when** upstream completes or the time is over
   * - **Cancels when** downstream cancels or the time is over
   * - **Hibernates:** keeps when the time is over
   */
  takeWithin(duration: Duration): Apply<K, In, Out> {
    const length = toMilliseconds(duration, 0, "takeWithin: duration")
    return this.stage("takeWithin", "keeps", () => new TakeWithin<Out>(length))
  }

  /**
   * Drops elements until `duration` has gone by since the start.
   *
   * - **Emits when** upstream emits and the time is over
   * - **Backpressures when** the time is over and downstream backpressures
   * - **Completes when** upstream completes
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps when the time is over
   */
  dropWithin(duration: Duration): Apply<K, In, Out> {
    const length = toMilliseconds(duration, 0, "dropWithin: duration")
    return this.stage("dropWithin", "keeps", () => new DropWithin<Out>(length))
  }

  /**
   * Emits each element `duration` after it came. Waiting elements are held in a buffer of `bufferSize` elements (default 16);
   * when it is full, `overflow` says what happens (default `backpressure`, where Pekko drops).
   *
   * - **Emits when** the element has waited
   * - **Backpressures when** the buffer is full and the strategy is `backpressure`
   * - **Completes when** upstream completes and every element was emitted
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps the waiting elements and when each is due
   */
  delay(
    duration: Duration,
    { bufferSize = 16, overflow = "backpressure" }: { bufferSize?: number; overflow?: OverflowStrategy } = {},
  ): Apply<K, In, Out> {
    const length = toMilliseconds(duration, 0, "delay: duration")
    requirePositiveInteger("delay: bufferSize", bufferSize)
    requireStrategy("delay: overflow", overflow)
    return this.stage("delay", "keeps", () => new Delay<Out>(length, bufferSize, overflow))
  }

  /**
   * Asks for the first element no earlier than `duration` after the start.
   *
   * - **Emits when** upstream emits and the time is over
   * - **Backpressures when** downstream backpressures or the time is not over
   * - **Completes when** upstream completes
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps when the time is over
   */
  initialDelay(duration: Duration): Apply<K, In, Out> {
    const length = toMilliseconds(duration, 0, "initialDelay: duration")
    return this.stage("initialDelay", "keeps", () => new InitialDelay<Out>(length))
  }

  /**
   * Lets at most `elements` pass in each `per`, evenly spaced, after a burst of up to `burst` elements. Elements that come
   * faster wait; with `enforce` they fail the stream with a `RateExceededError`. The default burst is what the rate
   * allows in 100 ms, and at least 1.
   *
   * - **Emits when** upstream emits and the rate allows it
   * - **Backpressures when** downstream backpressures or the rate does not allow the element yet
   * - **Completes when** upstream completes and the waiting element was emitted
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps the waiting element and the rate's state, one number
   *
   * @example `Flow.of<string>().throttle(20, "1 second", { burst: 20 })`
   */
  throttle(
    elements: number,
    per: Duration,
    { burst, enforce = false }: { burst?: number; enforce?: boolean } = {},
  ): Apply<K, In, Out> {
    const interval = toMilliseconds(per, 1, "throttle: per") / requirePositiveInteger("throttle: elements", elements)
    const usual = Math.max(1, Math.floor(100 / interval))
    const bufferSize = requirePositiveInteger("throttle: burst", burst === undefined ? usual : burst)
    return this.stage("throttle", "keeps", () => new Throttle<Out>(interval, bufferSize, enforce))
  }

  /**
   * Emits an element once no other has come for `duration`; of those that come faster only the last.
   *
   * - **Emits when** nothing has come for `duration` after an element, or upstream completes
   * - **Backpressures when** never
   * - **Completes when** upstream completes and the waiting element was emitted
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps the waiting element and when it is due
   */
  debounce(duration: Duration): Apply<K, In, Out> {
    const length = toMilliseconds(duration, 0, "debounce: duration")
    return this.stage("debounce", "keeps", () => new Debounce<Out>(length))
  }

  /**
   * Gathers elements into arrays of at most `count`, and holds none of them longer than `duration`. The time of a group
   * counts from its first element, where Pekko's counts from the group before: with no elements there is no timer.
   *
   * - **Emits when** `count` elements have come, or `duration` has gone by since the first, or upstream completes
   * - **Backpressures when** a group waits that downstream does not want yet; one that its time has closed leaves room for
   *   the first element of the next
   * - **Completes when** upstream completes and the last group was emitted
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps the group and when it is due
   */
  groupedWithin(count: number, duration: Duration): Apply<K, In, Out[]> {
    const length = toMilliseconds(duration, 0, "groupedWithin: duration")
    requirePositiveInteger("groupedWithin: count", count)
    return this.stage("groupedWithin", "keeps", () => new GroupedWithin<Out>(count, length))
  }

  /**
   * Emits what `inject` returns whenever nothing has come from upstream for `idle`.
   *
   * - **Emits when** upstream emits, or has not for `idle`
   * - **Backpressures when** an element waits that downstream does not want yet
   * - **Completes when** upstream completes and the waiting element was emitted
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps the waiting element and when the next injection is due
   */
  keepAlive<B>(idle: Duration, inject: () => B): Apply<K, In, Out | B> {
    const length = toMilliseconds(idle, 1, "keepAlive: idle")
    return this.stage("keepAlive", "keeps", () => new KeepAlive<Out, B>(length, inject), { inject })
  }

  /**
   * Fails with a `StreamTimeoutError` when nothing has come for `duration`.
   *
   * - **Emits when** upstream emits
   * - **Backpressures when** downstream backpressures
   * - **Completes when** upstream completes
   * - **Cancels when** downstream cancels, or nothing has come for `duration`
   * - **Hibernates:** keeps when the time is over
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
   * - **Cancels when** downstream cancels or the time is over
   * - **Hibernates:** keeps when the time is over
   */
  completionTimeout(duration: Duration): Apply<K, In, Out> {
    const length = toMilliseconds(duration, 0, "completionTimeout: duration")
    const message = `completionTimeout: not completed within ${length} ms`
    return this.stage("completionTimeout", "keeps", () => new Timeout<Out>(length, false, message))
  }
}
