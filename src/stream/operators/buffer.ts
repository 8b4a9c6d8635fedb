import { requirePositiveInteger } from "../argument.ts"
import type { Apply, BlueprintKind } from "../blueprint.ts"
import { type OverflowStrategy, requireStrategy } from "../overflow.ts"
import { Buffer, Conflate, Expand } from "../stages/decoupling.ts"
import type { Primitive } from "../stages/elementwise.ts"
import { MapAsync } from "../stages/map-async.ts"
import { MapAsyncPartitioned } from "../stages/map-async-partitioned.ts"
import { TimeOperators } from "./time.ts"

/** Operators that decouple a fast side from a slow side: buffers and asynchronous functions. */
export abstract class BufferOperators<K extends BlueprintKind, In, Out> extends TimeOperators<K, In, Out> {
  /**
   * Takes up to `bufferSize` elements (at least 1) ahead of the demand. `overflow` applies when the buffer is full:
   * `backpressure`, `dropHead`, `dropTail`, `dropNew`, `dropBuffer`, or `fail` with a `BufferOverflowError`.
   *
   * - **Emits when** there is an element in the buffer
   * - **Backpressures when** the buffer is full and the strategy is `backpressure`
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
   * Combines elements that arrive without demand into one, by `aggregate`.
   *
   * - **Emits when** downstream has demand and an element is held
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
   * Emits the elements of the iterable that `f` returns for the latest element, until a new element arrives. An endless
   * iterable needs a stage below that limits the demand, such as a `throttle`.
   *
   * - **Emits when** downstream has demand and the iterable has an element
   * - **Backpressures when** no element of the latest iterable was emitted
   * - **Completes when** upstream completes and an element of the latest iterable was emitted
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps the latest element and the number of emitted ones. `f` is called again, so it must depend on the
   *   element only
   */
  expand<B>(f: (element: Out) => Iterable<B>): Apply<K, In, B> {
    return this.stage("expand", "keeps", () => new Expand(f), { f })
  }

  /**
   * Calls an asynchronous `f`, up to `parallelism` times at once, and emits the results in the order of the elements.
   *
   * - **Emits when** the promise of the oldest element has resolved
   * - **Backpressures when** `parallelism` elements are pending or not yet emitted
   * - **Completes when** upstream completes and every result was emitted
   * - **Cancels when** downstream cancels, or `f` throws or rejects
   * - **Hibernates:** keeps the pending elements and calls `f` for them again: at least once
   */
  mapAsync<B>(parallelism: number, f: (element: Out) => Promise<B> | B): Apply<K, In, B> {
    requirePositiveInteger("mapAsync: parallelism", parallelism)
    return this.stage("mapAsync", "keeps", () => new MapAsync(parallelism, true, f), { f })
  }

  /**
   * Like `mapAsync`, but emits the results in the order in which the promises resolve.
   *
   * - **Emits when** a promise has resolved
   * - **Backpressures when** `parallelism` elements are pending or not yet emitted
   * - **Completes when** upstream completes and every result was emitted
   * - **Cancels when** downstream cancels, or `f` throws or rejects
   * - **Hibernates:** keeps the pending elements and calls `f` for them again: at least once
   */
  mapAsyncUnordered<B>(parallelism: number, f: (element: Out) => Promise<B> | B): Apply<K, In, B> {
    requirePositiveInteger("mapAsyncUnordered: parallelism", parallelism)
    return this.stage("mapAsyncUnordered", "keeps", () => new MapAsync(parallelism, false, f), { f })
  }

  /**
   * Like `mapAsync`, but calls `f` for one element of a partition at a time, in their order. `partitioner` returns the partition
   * of an element, such as a user's id; elements of other partitions go on meanwhile.
   *
   * - **Emits when** the promise of the oldest element has resolved
   * - **Backpressures when** `parallelism` elements wait, are pending or not yet emitted
   * - **Completes when** upstream completes and every result was emitted
   * - **Cancels when** downstream cancels, or a function throws, or `f` rejects
   * - **Hibernates:** keeps the pending elements and their partitions, and calls `f` for them again: at least once
   *
   * @example `Flow.of<string>().mapAsyncPartitioned(8, (text) => text.charAt(0), async (text, letter) => letter + text.length)`
   */
  mapAsyncPartitioned<Partition extends Primitive, B>(
    parallelism: number,
    partitioner: (element: Out) => Partition,
    f: (element: Out, partition: Partition) => Promise<B> | B,
  ): Apply<K, In, B> {
    requirePositiveInteger("mapAsyncPartitioned: parallelism", parallelism)
    const make = () => new MapAsyncPartitioned(parallelism, partitioner, f)
    return this.stage("mapAsyncPartitioned", "keeps", make, { partitioner, f })
  }
}
