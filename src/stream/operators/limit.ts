import { elementCount } from "../argument.ts"
import type { Apply, BlueprintKind } from "../blueprint.ts"
import { CollectWhile, Drop, DropWhile, Limit, LimitWeighted, Take, TakeWhile } from "../stages/take-drop.ts"
import { StatefulOperators } from "./stateful.ts"

/** Operators that emit only a part of the stream. */
export abstract class LimitOperators<K extends BlueprintKind, In, Out> extends StatefulOperators<K, In, Out> {
  /**
   * Emits the first `count` elements and then ends the stream; at once if `count` is 0 or less. Throws a `RangeError` if `count`
   * is neither an integer nor `Infinity`.
   *
   * - **Emits when** upstream emits
   * - **Backpressures when** downstream backpressures
   * - **Completes when** `count` elements were emitted or upstream completes
   * - **Cancels when** `count` elements were emitted or downstream cancels
   * - **Hibernates:** keeps the count
   */
  take(count: number): Apply<K, In, Out> {
    const elements = elementCount("take: count", count)
    return this.stage("take", "keeps", () => new Take<Out>(elements))
  }

  /**
   * Ends the stream before the first element for which the predicate returns false; with `inclusive`, after it.
   *
   * - **Emits when** the predicate returns true; with `inclusive`, also when it returns false
   * - **Backpressures when** downstream backpressures
   * - **Completes when** the predicate returns false or upstream completes
   * - **Cancels when** the predicate returns false or throws, or downstream cancels
   * - **Hibernates:** stateless
   */
  takeWhile(predicate: (element: Out) => boolean, { inclusive = false } = {}): Apply<K, In, Out> {
    return this.stage("takeWhile", "stateless", () => new TakeWhile(predicate, inclusive), { predicate })
  }

  /**
   * `map` and `takeWhile` in one: replaces each element by the result of `f`, and ends the stream when the result is
   * `undefined`.
   *
   * - **Emits when** `f` returns an element
   * - **Backpressures when** downstream backpressures
   * - **Completes when** `f` returns `undefined` or upstream completes
   * - **Cancels when** `f` returns `undefined` or throws, or downstream cancels
   * - **Hibernates:** stateless
   *
   * @example `Flow.of<string>().collectWhile((text) => (text === "stop" ? undefined : text.length))`
   */
  collectWhile<B>(f: (element: Out) => B | undefined): Apply<K, In, B> {
    return this.stage("collectWhile", "stateless", () => new CollectWhile(f), { f })
  }

  /**
   * Drops the first `count` elements; none if `count` is 0 or less. Throws a `RangeError` if `count` is neither an integer nor
   * `Infinity`.
   *
   * - **Emits when** `count` elements were dropped
   * - **Backpressures when** `count` elements were dropped and downstream backpressures
   * - **Completes when** upstream completes
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps the count
   */
  drop(count: number): Apply<K, In, Out> {
    const elements = elementCount("drop: count", count)
    return this.stage("drop", "keeps", () => new Drop<Out>(elements))
  }

  /**
   * Drops elements until the predicate returns false, and emits that element and all later ones.
   *
   * - **Emits when** the predicate has returned false once
   * - **Backpressures when** the predicate has returned false once and downstream backpressures
   * - **Completes when** upstream completes
   * - **Cancels when** downstream cancels, or the predicate throws
   * - **Hibernates:** keeps whether it still drops
   */
  dropWhile(predicate: (element: Out) => boolean): Apply<K, In, Out> {
    return this.stage("dropWhile", "keeps", () => new DropWhile(predicate), { predicate })
  }

  /**
   * Emits at most `count` elements and fails with a `StreamLimitError` on the next one. Unlike `take`, it
   * distinguishes a stream that is too long. Throws a `RangeError` if `count` is neither an integer nor `Infinity`.
   *
   * - **Emits when** upstream emits
   * - **Backpressures when** downstream backpressures
   * - **Completes when** upstream completes
   * - **Cancels when** downstream cancels, or more than `count` elements arrive
   * - **Hibernates:** keeps the count
   */
  limit(count: number): Apply<K, In, Out> {
    const elements = elementCount("limit: count", count)
    return this.stage("limit", "keeps", () => new Limit<Out>(elements))
  }

  /**
   * `limit` by cost: emits elements whose costs together are at most `max`, and fails with a `StreamLimitError` on the next one.
   * `cost` returns the cost of an element, a number of at least 0. Throws a `RangeError` if `max` is neither an integer nor
   * `Infinity`.
   *
   * - **Emits when** upstream emits
   * - **Backpressures when** downstream backpressures
   * - **Completes when** upstream completes
   * - **Cancels when** downstream cancels, the elements cost more than `max`, or `cost` throws
   * - **Hibernates:** keeps the cost that is left
   *
   * @example `Flow.of<Uint8Array>().limitWeighted(1_000_000, (bytes) => bytes.length)`
   */
  limitWeighted(max: number, cost: (element: Out) => number): Apply<K, In, Out> {
    const left = elementCount("limitWeighted: max", max)
    return this.stage("limitWeighted", "keeps", () => new LimitWeighted<Out>(left, cost), { cost })
  }
}
