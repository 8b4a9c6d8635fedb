import { checkFunctions } from "./checks.ts"
import { type Chain, sinkStep } from "./engine/wiring.ts"
import { Cancelled, Fold, ForEach, Head, Last, OnComplete } from "./stages/sinks.ts"

/**
 * Where a stream ends: takes elements of type `In` and makes a `Result` of them. An immutable blueprint.
 *
 * @example
 * ```ts
 * await Source.range(1, 4).runWith(Sink.fold(0, (sum, n) => sum + n)) // 10
 * ```
 */
export class Sink<in In, out Result = void> {
  declare protected readonly phantom: { in: (element: In) => void; result: Result }

  constructor(readonly chain: Chain) {}

  /** What it is, for errors and logs. */
  get [Symbol.toStringTag](): "Sink" {
    return "Sink"
  }

  /**
   * Calls `f` for each element. What `f` throws fails the stream, and so does a promise that it returns: what takes time
   * belongs in a `mapAsync` before the sink.
   *
   * - **Cancels when** `f` throws
   * - **Hibernates:** stateless
   */
  static forEach<In>(f: (element: In) => void): Sink<In> {
    checkFunctions("forEach", { f })
    return new Sink([sinkStep("forEach", "stateless", () => new ForEach(f))])
  }

  /**
   * Takes every element and does nothing with it.
   *
   * - **Cancels when** never
   * - **Hibernates:** stateless
   */
  static ignore(): Sink<unknown> {
    return new Sink([sinkStep("ignore", "stateless", () => new ForEach(() => {}))])
  }

  /**
   * Wants nothing: cancels at once.
   *
   * - **Cancels when** it starts
   * - **Hibernates:** stateless
   */
  static cancelled(): Sink<unknown> {
    return new Sink([sinkStep("cancelled", "stateless", () => new Cancelled())])
  }

  /**
   * Folds all elements into one value, the result: `f(f(f(zero, a), b), c)`.
   *
   * - **Cancels when** `f` throws
   * - **Hibernates:** keeps the value so far
   */
  static fold<In, Result>(zero: Result, f: (result: Result, element: In) => Result): Sink<In, Result> {
    checkFunctions("fold", { f })
    return new Sink([sinkStep("fold", "keeps", () => new Fold(zero, f))])
  }

  /**
   * The first element; a `NoSuchElementError` if there is none.
   *
   * - **Cancels when** it has an element
   * - **Hibernates:** stateless
   */
  static head<In>(): Sink<In, In> {
    return new Sink([sinkStep("head", "stateless", () => new Head<In>())])
  }

  /**
   * The last element; a `NoSuchElementError` if there is none.
   *
   * - **Cancels when** never
   * - **Hibernates:** keeps the latest element
   */
  static last<In>(): Sink<In, In> {
    return new Sink([sinkStep("last", "keeps", () => new Last<In>())])
  }

  /**
   * All elements, in an array. Unbounded: put a `limit` before it where the stream may be long.
   *
   * - **Cancels when** never
   * - **Hibernates:** keeps the elements so far
   */
  static toArray<In>(): Sink<In, In[]> {
    const add = (elements: In[], element: In) => {
      elements.push(element)
      return elements
    }
    return new Sink([sinkStep("toArray", "keeps", () => new Fold<In, In[]>([], add))])
  }

  /**
   * Takes every element and calls `f` once, when the stream has completed, or with the error when it has failed.
   *
   * - **Cancels when** never
   * - **Hibernates:** stateless
   */
  static onComplete(f: (error?: unknown) => void): Sink<unknown> {
    checkFunctions("onComplete", { f })
    return new Sink([sinkStep("onComplete", "stateless", () => new OnComplete(f))])
  }
}
