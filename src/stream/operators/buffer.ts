import { requirePositiveInteger } from "../argument.ts"
import type { Apply, BlueprintKind } from "../blueprint.ts"
import { type OverflowStrategy, requireStrategy } from "../overflow.ts"
import { Buffer, Conflate, Expand } from "../stages/decoupling.ts"
import { MapAsync } from "../stages/map-async.ts"
import { TimeOperators } from "./time.ts"

/** Operators between a fast side and a slow one: buffers, and functions that take their time. */
export abstract class BufferOperators<K extends BlueprintKind, In, Out> extends TimeOperators<K, In, Out> {
  /**
   * Takes up to `bufferSize` elements ahead of the demand. When it is full it does what `overflow` says: `backpressure`,
   * `dropHead`, `dropTail`, `dropNew`, `dropBuffer`, or `fail` with a `BufferOverflowError`.
   *
   * - **Emits when** there is an element in the buffer
   * - **Backpressures when** the buffer is full and the strategy is `backpressure`; else never
   * - **Completes when** upstream completes and the buffer is empty
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps the buffer
   */
  buffer(bufferSize: number, overflow: OverflowStrategy): Apply<K, In, Out> {
    requirePositiveInteger("buffer: bufferSize", bufferSize)
    requireStrategy("buffer: overflow", overflow)
    return this.stage("buffer", "keeps", () => new Buffer<Out>(bufferSize, overflow))
  }

  /**
   * Lets a slow downstream see fewer elements: those that come meanwhile are made one by `aggregate`.
   *
   * - **Emits when** downstream wants an element and there is one
   * - **Backpressures when** never
   * - **Completes when** upstream completes and the held element was emitted
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps the held element
   *
   * @example `Flow.of<{ x: number }>().conflate((_, newest) => newest)`
   */
  conflate(aggregate: (held: Out, element: Out) => Out): Apply<K, In, Out> {
    return this.stage("conflate", "keeps", () => new Conflate<Out, Out>((element) => element, aggregate), { aggregate })
  }

  /**
   * Lets a fast downstream see more elements: as long as nothing new comes, it gets what `f` made of the last one. The
   * iterable may be endless only where something below, such as a `throttle`, holds back the demand.
   *
   * - **Emits when** downstream wants an element and the iterable has one
   * - **Backpressures when** nothing of the last element was emitted yet
   * - **Completes when** upstream completes and something of the last element was emitted
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps the last element and how many were made of it; `f` must depend on the element only
   */
  expand<B>(f: (element: Out) => Iterable<B>): Apply<K, In, B> {
    return this.stage("expand", "keeps", () => new Expand(f), { f })
  }

  /**
   * Calls an asynchronous `f`, up to `parallelism` times at once, and emits the results in the order of the elements.
   *
   * - **Emits when** the result for the oldest element is there
   * - **Backpressures when** `parallelism` elements are being worked on or wait to be emitted
   * - **Completes when** upstream completes and every result was emitted
   * - **Cancels when** downstream cancels, or `f` throws or rejects
   * - **Hibernates:** keeps the elements that are being worked on, and calls `f` for them again: at least once
   */
  mapAsync<B>(parallelism: number, f: (element: Out) => Promise<B> | B): Apply<K, In, B> {
    requirePositiveInteger("mapAsync: parallelism", parallelism)
    return this.stage("mapAsync", "keeps", () => new MapAsync(parallelism, true, f), { f })
  }

  /**
   * Like `mapAsync`, but emits the results in the order in which they come.
   *
   * - **Emits when** a result is there
   * - **Backpressures when** `parallelism` elements are being worked on or wait to be emitted
   * - **Completes when** upstream completes and every result was emitted
   * - **Cancels when** downstream cancels, or `f` throws or rejects
   * - **Hibernates:** keeps the elements that are being worked on, and calls `f` for them again: at least once
   */
  mapAsyncUnordered<B>(parallelism: number, f: (element: Out) => Promise<B> | B): Apply<K, In, B> {
    requirePositiveInteger("mapAsyncUnordered: parallelism", parallelism)
    return this.stage("mapAsyncUnordered", "keeps", () => new MapAsync(parallelism, false, f), { f })
  }
}
