import { requirePositiveInteger } from "./argument.ts"
import { checkFunctions } from "./checks.ts"
import { combineStep, type SinkStrategy } from "./combined-sinks.ts"
import { type Chain, sinkStep } from "./engine/wiring.ts"
import { Cancelled, Decide, Fold, ForEach, Head, Last, OnComplete, Reduce } from "./stages/sinks.ts"

/** The elements that all of these sinks take. */
type InputOf<S> = (S extends Sink<infer In, unknown> ? (element: In) => void : never) extends (
  element: infer In,
) => void
  ? In
  : never

/** The results of sinks, one of each. */
type ResultsOf<Sinks extends readonly unknown[]> = {
  -readonly [I in keyof Sinks]: Sinks[I] extends Sink<never, infer Result> ? Result : never
}

/**
 * The end of a stream: it takes elements of type `In` and returns a `Result`. An immutable blueprint.
 *
 * @example
 * ```ts
 * await Source.range(1, 4).runWith(Sink.fold(0, (sum, n) => sum + n)) // 10
 * ```
 */
export class Sink<in In, out Result = void> {
  declare protected readonly phantom: { in: (element: In) => void; result: Result }

  constructor(readonly chain: Chain) {}

  /** For errors and logs. */
  get [Symbol.toStringTag](): "Sink" {
    return "Sink"
  }

  /**
   * Calls `f` for each element. An error from `f` fails the stream, and so does a returned promise: put asynchronous work in a
   * `mapAsync` before the sink.
   *
   * - **Cancels when** `f` throws
   * - **Hibernates:** stateless
   */
  static forEach<In>(f: (element: In) => void): Sink<In> {
    checkFunctions("forEach", { f })
    return new Sink([sinkStep("forEach", "stateless", () => new ForEach(f))])
  }

  /**
   * Drops every element.
   *
   * - **Cancels when** never
   * - **Hibernates:** stateless
   */
  static ignore(): Sink<unknown> {
    return new Sink([sinkStep("ignore", "stateless", () => new ForEach(() => {}))])
  }

  /**
   * Cancels at once.
   *
   * - **Cancels when** it starts
   * - **Hibernates:** stateless
   */
  static cancelled(): Sink<unknown> {
    return new Sink([sinkStep("cancelled", "stateless", () => new Cancelled())])
  }

  /**
   * Folds all elements into the result: `f(f(f(zero, a), b), c)`. `f` must not change its result in place, because all runs of the sink
   * begin with the same `zero`.
   *
   * - **Cancels when** `f` throws
   * - **Hibernates:** keeps the value
   */
  static fold<In, Result>(zero: Result, f: (result: Result, element: In) => Result): Sink<In, Result> {
    checkFunctions("fold", { f })
    return new Sink([sinkStep("fold", "keeps", () => new Fold(zero, f))])
  }

  /**
   * Returns the first element, or fails with a `NoSuchElementError` if the stream is empty.
   *
   * - **Cancels when** it has received an element
   * - **Hibernates:** stateless
   */
  static head<In>(): Sink<In, In> {
    return new Sink([sinkStep("head", "stateless", () => new Head<In>(false))])
  }

  /**
   * Returns the first element, or `undefined` if the stream is empty.
   *
   * - **Cancels when** it has received an element
   * - **Hibernates:** stateless
   *
   * @example `await Source.empty<number>().runWith(Sink.headOption())` // undefined
   */
  static headOption<In>(): Sink<In, In | undefined> {
    return new Sink([sinkStep("headOption", "stateless", () => new Head<In>(true))])
  }

  /**
   * Returns the last element, or fails with a `NoSuchElementError` if the stream is empty.
   *
   * - **Cancels when** never
   * - **Hibernates:** keeps the latest element
   */
  static last<In>(): Sink<In, In> {
    return new Sink([sinkStep("last", "keeps", () => new Last<In>(false))])
  }

  /**
   * Returns the last element, or `undefined` if the stream is empty.
   *
   * - **Cancels when** never
   * - **Hibernates:** keeps the latest element
   */
  static lastOption<In>(): Sink<In, In | undefined> {
    return new Sink([sinkStep("lastOption", "keeps", () => new Last<In>(true))])
  }

  /**
   * Returns the last `count` elements (at least 1) in an array; fewer if the stream has fewer.
   *
   * - **Cancels when** never
   * - **Hibernates:** keeps the last `count` elements
   *
   * @example `await Source.range(1, 6).runWith(Sink.takeLast(3))` // [4, 5, 6]
   */
  static takeLast<In>(count: number): Sink<In, In[]> {
    requirePositiveInteger("takeLast: count", count)
    const add = (elements: In[], element: In) => {
      if (elements.push(element) > count) elements.shift()
      return elements
    }
    return new Sink([sinkStep("takeLast", "keeps", () => new Fold<In, In[]>([], add))])
  }

  /**
   * Folds all elements into the result, beginning with the first: `f(f(a, b), c)`. Fails with a `NoSuchElementError` if the
   * stream is empty.
   *
   * - **Cancels when** `f` throws
   * - **Hibernates:** keeps the value
   *
   * @example `await Source.range(1, 4).runWith(Sink.reduce(Math.max))` // 4
   */
  static reduce<T>(f: (value: T, element: T) => T): Sink<T, T> {
    checkFunctions("reduce", { f })
    return new Sink([sinkStep("reduce", "keeps", () => new Reduce(f))])
  }

  /**
   * Returns the number of elements.
   *
   * - **Cancels when** never
   * - **Hibernates:** keeps the number
   */
  static count(): Sink<unknown, number> {
    return new Sink([sinkStep("count", "keeps", () => new Fold(0, (count: number) => count + 1))])
  }

  /**
   * Returns whether the predicate returns true for an element; false if the stream is empty.
   *
   * - **Cancels when** the predicate returns true, or throws
   * - **Hibernates:** stateless
   *
   * @example `await Source.range(1, 4).runWith(Sink.exists((n) => n > 3))` // true
   */
  static exists<In>(predicate: (element: In) => boolean): Sink<In, boolean> {
    checkFunctions("exists", { predicate })
    return new Sink([sinkStep("exists", "stateless", () => new Decide(predicate, true))])
  }

  /**
   * Returns whether the predicate returns true for all elements; true if the stream is empty.
   *
   * - **Cancels when** the predicate returns false, or throws
   * - **Hibernates:** stateless
   *
   * @example `await Source.range(1, 4).runWith(Sink.forall((n) => n > 3))` // false
   */
  static forall<In>(predicate: (element: In) => boolean): Sink<In, boolean> {
    checkFunctions("forall", { predicate })
    return new Sink([sinkStep("forall", "stateless", () => new Decide(predicate, false))])
  }

  /**
   * Combines several sinks, at least one: with `broadcast` (default) each sink gets every element, with `balance` each element goes to
   * one sink that has demand. Returns the results of all in an array. A failure of one sink fails the others.
   *
   * - **Cancels when** all sinks have cancelled, or one fails
   * - **Hibernates:** keeps the states of the sinks, and the results of those that have ended
   *
   * @example `await Source.range(1, 4).runWith(Sink.combine([Sink.count(), Sink.last<number>()]))` // [4, 4]
   */
  static combine<const Sinks extends readonly Sink<never, unknown>[]>(
    sinks: Sinks,
    strategy?: SinkStrategy,
  ): Sink<InputOf<Sinks[number]>, ResultsOf<Sinks>> {
    return new Sink([combineStep(sinks, strategy)])
  }

  /**
   * Returns all elements in an array. It is unbounded: put a `limit` before it if the stream may be long.
   *
   * - **Cancels when** never
   * - **Hibernates:** keeps the elements
   */
  static toArray<In>(): Sink<In, In[]> {
    const add = (elements: In[], element: In) => {
      elements.push(element)
      return elements
    }
    return new Sink([sinkStep("toArray", "keeps", () => new Fold<In, In[]>([], add))])
  }

  /**
   * Drops every element and calls `f` once: without an argument when the stream completes, with the error when it fails. An error from
   * `f` becomes the failure of the sink.
   *
   * - **Cancels when** never
   * - **Hibernates:** stateless
   */
  static onComplete(f: (error?: unknown) => void): Sink<unknown> {
    checkFunctions("onComplete", { f })
    return new Sink([sinkStep("onComplete", "stateless", () => new OnComplete(f))])
  }
}
