import { type Apply, Blueprint, type BlueprintKind } from "../blueprint.ts"
import {
  Collect,
  DistinctUntilChanged,
  Filter,
  MapStage,
  type Primitive,
  Scan,
  ZipWithIndex,
} from "../stages/elementwise.ts"
import { StatefulConcat } from "../stages/stateful-concat.ts"

/** Operators that transform elements one by one. */
export abstract class TransformOperators<K extends BlueprintKind, In, Out> extends Blueprint<K, In, Out> {
  /**
   * Replaces each element by the result of `f`.
   *
   * - **Emits when** `f` has returned
   * - **Backpressures when** downstream backpressures
   * - **Completes when** upstream completes
   * - **Cancels when** downstream cancels, or `f` throws
   * - **Hibernates:** stateless
   *
   * @example `Flow.of<string>().map((name) => "Hello " + name)`
   */
  map<B>(f: (element: Out) => B): Apply<K, In, B> {
    return this.stage("map", "stateless", () => new MapStage(f), { f })
  }

  /**
   * Emits the elements for which the predicate returns true. A type guard narrows the type of the elements.
   *
   * - **Emits when** the predicate returns true
   * - **Backpressures when** the predicate returns true and downstream backpressures
   * - **Completes when** upstream completes
   * - **Cancels when** downstream cancels, or the predicate throws
   * - **Hibernates:** stateless
   *
   * @example `Flow.of<string>().filter((message) => message !== "")`
   */
  filter<B extends Out = Out>(
    predicate: ((element: Out) => element is B) | ((element: Out) => boolean),
  ): Apply<K, In, B> {
    return this.stage("filter", "stateless", () => new Filter(predicate), { predicate })
  }

  /**
   * `map` and `filter` in one: replaces each element by the result of `f`, or drops it if the result is `undefined`.
   *
   * - **Emits when** `f` returns an element
   * - **Backpressures when** `f` returns an element and downstream backpressures
   * - **Completes when** upstream completes
   * - **Cancels when** downstream cancels, or `f` throws
   * - **Hibernates:** stateless
   *
   * @example `Flow.of<string>().collect((text) => (text === "time" ? Date.now() : undefined))`
   */
  collect<B>(f: (element: Out) => B | undefined): Apply<K, In, B> {
    return this.stage("collect", "stateless", () => new Collect(f), { f })
  }

  /**
   * Replaces each element by the elements of the finite iterable that `f` returns.
   *
   * - **Emits when** `f` returns elements, or some of them are not yet emitted
   * - **Backpressures when** downstream backpressures or elements are not yet emitted
   * - **Completes when** upstream completes and all elements were emitted
   * - **Cancels when** downstream cancels, or `f` throws
   * - **Hibernates:** keeps the elements that are not yet emitted
   *
   * @example `Flow.of<string>().mapConcat((line) => line.split(" "))`
   */
  mapConcat<B>(f: (element: Out) => Iterable<B>): Apply<K, In, B> {
    const make = () =>
      new StatefulConcat<undefined, Out, B>(
        () => undefined,
        (_, element) => [undefined, f(element)],
      )
    return this.stage("mapConcat", "keeps", make, { f })
  }

  /**
   * Emits the running value: `zero` first, then `f(value, element)` for each element. `f` must not change its value in place, because all
   * runs of the flow begin with the same `zero`: return a new value, or use `statefulMap`.
   *
   * - **Emits when** it starts, and when `f` has returned
   * - **Backpressures when** downstream backpressures
   * - **Completes when** upstream completes and `zero` was emitted
   * - **Cancels when** downstream cancels, or `f` throws
   * - **Hibernates:** keeps the value
   *
   * @example `Flow.of<number>().scan(0, (sum, n) => sum + n)`
   */
  scan<B>(zero: B, f: (value: B, element: Out) => B): Apply<K, In, B> {
    return this.stage("scan", "keeps", () => new Scan(zero, f), { f })
  }

  /**
   * Pairs each element with its number, from 0.
   *
   * - **Emits when** upstream emits
   * - **Backpressures when** downstream backpressures
   * - **Completes when** upstream completes
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps the count
   */
  zipWithIndex(): Apply<K, In, [element: Out, index: number]> {
    return this.stage("zipWithIndex", "keeps", () => new ZipWithIndex<Out>())
  }

  /**
   * Drops an element that equals the one before it. Primitive elements are compared directly. Objects need a `key` function
   * that returns a primitive, because objects lose their identity when the flow hibernates.
   *
   * - **Emits when** the element differs from the one before
   * - **Backpressures when** downstream backpressures
   * - **Completes when** upstream completes
   * - **Cancels when** downstream cancels, or `key` throws
   * - **Hibernates:** keeps the last key
   *
   * @example `Flow.of<{ id: string }>().distinctUntilChanged((user) => user.id)`
   */
  distinctUntilChanged(
    ...[key]: Out extends Primitive ? [key?: (element: Out) => Primitive] : [key: (element: Out) => Primitive]
  ): Apply<K, In, Out> {
    const ofItself = (element: Out) => element as Primitive
    const make = () => new DistinctUntilChanged<Out>(key ?? ofItself)
    return this.stage("distinctUntilChanged", "keeps", make, { key: key ?? ofItself })
  }
}
