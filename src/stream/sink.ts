import { checkFunctions } from "./checks.ts"
import { type Chain, sinkStep } from "./engine/wiring.ts"
import { Cancelled, Fold, ForEach, Head, Last, OnComplete } from "./stages/sinks.ts"

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
   * Folds all elements into the result: `f(f(f(zero, a), b), c)`.
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
    return new Sink([sinkStep("head", "stateless", () => new Head<In>())])
  }

  /**
   * Returns the last element, or fails with a `NoSuchElementError` if the stream is empty.
   *
   * - **Cancels when** never
   * - **Hibernates:** keeps the latest element
   */
  static last<In>(): Sink<In, In> {
    return new Sink([sinkStep("last", "keeps", () => new Last<In>())])
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
   * Drops every element and calls `f` once: without an argument when the stream completes, with the error when it fails.
   *
   * - **Cancels when** never
   * - **Hibernates:** stateless
   */
  static onComplete(f: (error?: unknown) => void): Sink<unknown> {
    checkFunctions("onComplete", { f })
    return new Sink([sinkStep("onComplete", "stateless", () => new OnComplete(f))])
  }
}
