import { stageStep } from "../../stream/engine/wiring.ts"
import { Source } from "../../stream/source.ts"
import { ExpectationError } from "../errors.ts"
import { show } from "../show.ts"
import { InputEnd } from "./ends.ts"

/**
 * A source that a test controls, to be joined to a flow. It is outside of the flow, so it keeps its state when the flow hibernates. Its
 * methods throw an `ExpectationError` before the flow runs.
 *
 * @example
 * ```ts
 * const prices = new TestSource<number>()
 * flowTest(() => Flow.of<number>().merge(prices.source))
 * prices.send(3)
 * ```
 */
export class TestSource<T> {
  /** Whether the flow has cancelled the source; with the cause if the flow has failed. */
  cancelled: true | { cause: unknown } | undefined
  readonly source: Source<T> = new Source([stageStep("testSource", "keeps", () => this.start())])
  private running: InputEnd<T> | undefined

  /** Whether the flow has demand for an element. */
  get demand(): boolean {
    return this.running?.wanted === true && !this.running.outClosed
  }

  /** Sends elements. Throws an `ExpectationError` for an element for which the flow has no demand. */
  send(...elements: T[]): this {
    for (const element of elements) {
      if (!this.demand) throw new ExpectationError(`The flow does not ask for ${show(element)}${this.why()}`)
      this.event((input) => input.send(element))
    }
    return this
  }

  /** Completes the source. */
  complete(): this {
    return this.event((input) => input.complete())
  }

  /** Fails the source with `error`. */
  fail(error: unknown): this {
    return this.event((input) => input.fail(error))
  }

  private start(): InputEnd<T> {
    this.running?.detach()
    this.running = new InputEnd(this)
    return this.running
  }

  private event(handler: (input: InputEnd<T>) => void): this {
    const { running } = this
    if (!running)
      throw new ExpectationError("The flow of this TestSource does not run: give its source to a flow first")
    running.run.event(() => handler(running))
    return this
  }

  private why(): string {
    if (!this.running) return ": it does not run"
    return this.cancelled ? ": it has cancelled" : ""
  }
}
