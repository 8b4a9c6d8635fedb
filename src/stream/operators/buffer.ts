import { requirePositiveInteger } from "../argument.ts"
import type { Apply, BlueprintKind } from "../blueprint.ts"
import { type OverflowStrategy, requireStrategy } from "../overflow.ts"
import { Batch } from "../stages/batch.ts"
import { Buffer, Conflate, Expand } from "../stages/decoupling.ts"
import type { Primitive } from "../stages/elementwise.ts"
import { FoldAsync } from "../stages/fold-async.ts"
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
   * - **Cancels when** downstream cancels, or the buffer overflows and the strategy is `fail`
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
   * - **Cancels when** downstream cancels, or `aggregate` throws
   * - **Hibernates:** keeps the held element
   *
   * @example `Flow.of<{ x: number }>().conflate((_, newest) => newest)`
   */
  conflate(aggregate: (held: Out, element: Out) => Out): Apply<K, In, Out> {
    return this.stage("conflate", "keeps", () => new Conflate<Out>(aggregate), { aggregate })
  }

  /**
   * `conflate` into another type: `seed` makes the held value of the first element, and `aggregate` adds the others to it.
   *
   * - **Emits when** downstream has demand and a value is held
   * - **Backpressures when** never
   * - **Completes when** upstream completes and the held value was emitted
   * - **Cancels when** downstream cancels, or `seed` or `aggregate` throws
   * - **Hibernates:** keeps the held value
   *
   * @example `Flow.of<string>().conflateWithSeed(() => 1, (missed) => missed + 1)`
   */
  conflateWithSeed<B>(seed: (first: Out) => B, aggregate: (held: B, element: Out) => B): Apply<K, In, B> {
    const make = () => new Batch<Out, B>(Infinity, () => 0, seed, aggregate)
    return this.stage("conflateWithSeed", "keeps", make, { seed, aggregate })
  }

  /**
   * Combines up to `max` elements (at least 1) that arrive without demand into one: `seed` makes the batch of the first
   * element, and `aggregate` adds the others to it. Unlike `conflateWithSeed`, it backpressures when the batch is full.
   *
   * - **Emits when** downstream has demand and a batch is held
   * - **Backpressures when** `max` elements are in the batch and another one waits
   * - **Completes when** upstream completes and the last batch was emitted
   * - **Cancels when** downstream cancels, or `seed` or `aggregate` throws
   * - **Hibernates:** keeps the batch, and the waiting element
   *
   * @example `Flow.of<string>().batch(100, (line) => [line], (lines, line) => [...lines, line])`
   */
  batch<B>(max: number, seed: (first: Out) => B, aggregate: (batch: B, element: Out) => B): Apply<K, In, B> {
    requirePositiveInteger("batch: max", max)
    return this.stage("batch", "keeps", () => new Batch<Out, B>(max, () => 1, seed, aggregate), { seed, aggregate })
  }

  /**
   * `batch` up to a total cost of `max` (at least 1): `cost` returns the cost of an element, a number of at least 0. An element that
   * costs more than `max` is a batch alone.
   *
   * - **Emits when** downstream has demand and a batch is held
   * - **Backpressures when** the batch has no room for the waiting element
   * - **Completes when** upstream completes and the last batch was emitted
   * - **Cancels when** downstream cancels, or `cost`, `seed` or `aggregate` throws
   * - **Hibernates:** keeps the batch, the cost for which it has room, and the waiting element
   *
   * @example `Flow.of<string>().batchWeighted(16_384, (text) => text.length, (text) => text, (texts, text) => texts + text)`
   */
  batchWeighted<B>(
    max: number,
    cost: (element: Out) => number,
    seed: (first: Out) => B,
    aggregate: (batch: B, element: Out) => B,
  ): Apply<K, In, B> {
    requirePositiveInteger("batchWeighted: max", max)
    const make = () => new Batch<Out, B>(max, cost, seed, aggregate)
    return this.stage("batchWeighted", "keeps", make, { cost, seed, aggregate })
  }

  /**
   * Emits the elements of the iterable that `f` returns for the latest element, until a new element arrives. An endless
   * iterable needs a stage below that limits the demand, such as a `throttle`.
   *
   * - **Emits when** downstream has demand and the iterable has an element
   * - **Backpressures when** no element of the latest iterable was emitted, unless the iterable is empty
   * - **Completes when** upstream completes and the latest iterable has emitted an element or ended
   * - **Cancels when** downstream cancels, or `f` or the iterable throws
   * - **Hibernates:** keeps the latest element and the number of elements emitted for it. `f` is called again, so it must depend on
   *   the element only
   */
  expand<B>(f: (element: Out) => Iterable<B>): Apply<K, In, B> {
    return this.stage("expand", "keeps", () => new Expand(f), { f })
  }

  /**
   * Calls an asynchronous `f`, up to `parallelism` (at least 1) times at once, and emits the results in the order of the elements.
   *
   * - **Emits when** the promise of the oldest element has resolved
   * - **Backpressures when** `parallelism` elements are pending or not yet emitted
   * - **Completes when** upstream completes and every result was emitted
   * - **Cancels when** downstream cancels, or `f` throws or rejects
   * - **Hibernates:** keeps results that are not yet emitted, and the pending elements, and calls `f` for these again: at least once
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
   * - **Hibernates:** keeps results that are not yet emitted, and the pending elements, and calls `f` for these again: at least once
   */
  mapAsyncUnordered<B>(parallelism: number, f: (element: Out) => Promise<B> | B): Apply<K, In, B> {
    requirePositiveInteger("mapAsyncUnordered: parallelism", parallelism)
    return this.stage("mapAsyncUnordered", "keeps", () => new MapAsync(parallelism, false, f), { f })
  }

  /**
   * Like `mapAsync`, but calls `f` for one element of a partition at a time, in their order. `partitioner` returns the partition
   * of an element, such as a user's id; elements of other partitions do not wait for it.
   *
   * - **Emits when** the promise of the oldest element has resolved
   * - **Backpressures when** `parallelism` elements wait, are pending or not yet emitted
   * - **Completes when** upstream completes and every result was emitted
   * - **Cancels when** downstream cancels, or `partitioner` or `f` throws, or `f` rejects
   * - **Hibernates:** keeps results that are not yet emitted, and the other elements with their partitions, and calls `f` for these
   *   again: at least once
   *
   * @example `Flow.of<string>().mapAsyncPartitioned(8, (user) => user, async (user) => (await fetch(user)).status)`
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

  /**
   * Folds all elements with an asynchronous `f`, one after the other, and emits the last value when upstream completes: `zero`
   * if there was no element. `f` must not change its value in place, because all runs of the flow begin with the same `zero`.
   *
   * - **Emits when** upstream has completed and the promise of the last element has resolved
   * - **Backpressures when** downstream backpressures, or a promise is pending
   * - **Completes when** upstream completes and the value was emitted
   * - **Cancels when** downstream cancels, or `f` throws or rejects
   * - **Hibernates:** keeps the value and the pending element, and calls `f` for the element again: at least once
   *
   * @example `Flow.of<string>().foldAsync(0, async (size, url) => size + (await (await fetch(url)).arrayBuffer()).byteLength)`
   */
  foldAsync<B>(zero: B, f: (value: B, element: Out) => Promise<B> | B): Apply<K, In, B> {
    return this.stage("foldAsync", "keeps", () => new FoldAsync<Out, B>(zero, f), { f })
  }
}
