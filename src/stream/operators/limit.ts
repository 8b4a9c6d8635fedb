import { elementCount } from "../argument.ts"
import type { Apply, BlueprintKind } from "../blueprint.ts"
import { Drop, DropWhile, Limit, Take, TakeWhile } from "../stages/take-drop.ts"
import { StatefulOperators } from "./stateful.ts"

/** Operators that let only a part of the stream pass. */
export abstract class LimitOperators<K extends BlueprintKind, In, Out> extends StatefulOperators<K, In, Out> {
  /**
   * Lets the first `count` elements pass and ends the stream after them: at once where `count` is 0 or less. A `RangeError`
   * for what is neither a whole number nor `Infinity`.
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
   * Ends the stream before the first element for which the predicate does not hold; with `inclusive`, after it.
   *
   * - **Emits when** the predicate holds
   * - **Backpressures when** downstream backpressures
   * - **Completes when** the predicate does not hold or upstream completes
   * - **Cancels when** the predicate does not hold or downstream cancels
   * - **Hibernates:** stateless
   */
  takeWhile(predicate: (element: Out) => boolean, { inclusive = false } = {}): Apply<K, In, Out> {
    return this.stage("takeWhile", "stateless", () => new TakeWhile(predicate, inclusive), { predicate })
  }

  /**
   * Drops the first `count` elements; none where `count` is 0 or less. A `RangeError` for what is neither a whole number
   * nor `Infinity`.
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
   * Drops elements until the predicate no longer holds; that element and all after it pass.
   *
   * - **Emits when** the predicate has failed to hold once
   * - **Backpressures when** the predicate has failed to hold once and downstream backpressures
   * - **Completes when** upstream completes
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps whether it still drops
   */
  dropWhile(predicate: (element: Out) => boolean): Apply<K, In, Out> {
    return this.stage("dropWhile", "keeps", () => new DropWhile(predicate), { predicate })
  }

  /**
   * Lets at most `count` elements pass and fails with a `StreamLimitError` on one more. Unlike `take`, it tells a stream
   * that was too long from one that was not. A `RangeError` for a `count` that is neither a whole number nor `Infinity`.
   *
   * - **Emits when** upstream emits
   * - **Backpressures when** downstream backpressures
   * - **Completes when** upstream completes
   * - **Cancels when** downstream cancels, or one element too many comes
   * - **Hibernates:** keeps the count
   */
  limit(count: number): Apply<K, In, Out> {
    const elements = elementCount("limit: count", count)
    return this.stage("limit", "keeps", () => new Limit<Out>(elements))
  }
}
