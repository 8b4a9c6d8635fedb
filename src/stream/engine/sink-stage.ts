import { Stage } from "./stage.ts"

/** Receives the result of a sink. */
export interface Outcome<Result> {
  resolve(result: Result): void
  reject(error: unknown): void
}

export const ignoredOutcome: Outcome<unknown> = { resolve() {}, reject() {} }

/** The last stage of a chain: it takes every element and ends with a result. */
export abstract class SinkStage<In = unknown, Result = unknown, State = unknown> extends Stage<In, never, State> {
  /** Set once by the wiring that adds the sink. */
  outcome: Outcome<Result> = ignoredOutcome
  /** The source that emits the results of this sink's elements, as in a flow that is an actor. */
  leadsTo: Stage | undefined

  override ask(): void {
    if (!this.inClosed) this.up.resume()
  }

  /** Takes no more elements, because the graph around the sink is over, or has failed with `cause`. */
  end(cause?: unknown): void {
    this.cancelUp(cause)
  }

  override hasInFlight(): boolean {
    return !this.inClosed || (this.leadsTo?.hasInFlight() ?? false)
  }

  protected succeed(result: Result): void {
    this.completeDown()
    this.outcome.resolve(result)
  }

  protected override failDown(error: unknown): void {
    if (this.outClosed) return
    super.failDown(error)
    this.outcome.reject(error)
  }
}
