import type { Outcome } from "../engine/sink-stage.ts"
import { Stage } from "../engine/stage.ts"

/** Collects the results of several sinks. It has no neighbours in the stream, and is open until all results have arrived. */
export class SinkResults extends Stage<never, never, unknown[][]> {
  override inClosed = true
  /** For each sink an array of its result; empty before its end. */
  private results: unknown[][]

  constructor(
    count: number,
    private readonly outcome: Outcome<unknown[]>,
  ) {
    super()
    this.results = Array.from({ length: count }, () => [])
  }

  push(): boolean {
    return false
  }

  /** The receiver of the result of one sink. */
  outcomeOf(index: number): Outcome<unknown> {
    return { resolve: (result) => this.onResult(index, result), reject: (error) => this.onFailure(error) }
  }

  override save(): unknown[][] | undefined {
    return this.results.some((result) => result.length > 0) ? this.results : undefined
  }

  override restore(results: unknown[][]): void {
    this.results = results
  }

  private onResult(index: number, result: unknown): void {
    this.results[index] = [result]
    this.markDirty()
    if (this.results.some(({ length }) => length === 0)) return
    this.completeDown()
    this.outcome.resolve(this.results.flat(1))
  }

  /** The failure of one sink fails the others too. */
  private onFailure(error: unknown): void {
    if (this.outClosed) return
    this.completeDown()
    this.outcome.reject(error)
  }
}
