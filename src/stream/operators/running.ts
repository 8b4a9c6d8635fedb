import type { Apply, BlueprintKind, FlowShape } from "../blueprint.ts"
import { aFlow, aSink, chainOf } from "../checks.ts"
import { RunnableGraph, type RunOptions } from "../graph.ts"
import type { Sink } from "../sink.ts"
import { RecoverOperators } from "./recover.ts"

/** The operators that only a source has, because only a source can run. */
export abstract class RunOperators<K extends BlueprintKind, Out> extends RecoverOperators<K, never, Out> {
  /** For errors and logs. */
  get [Symbol.toStringTag](): "Source" {
    return "Source"
  }

  /**
   * This source, then `flow`.
   *
   * - **Completes when** `flow` completes
   * - **Hibernates:** keeps the states of the two
   */
  via<B>(flow: FlowShape<Out, B>): Apply<K, never, B> {
    return this.with(...chainOf("via: flow", flow, aFlow))
  }

  /**
   * This source, then `sink`: a graph to run outside of connections.
   *
   * - **Completes when** `sink` has completed or cancelled
   * - **Hibernates:** never; a graph runs in memory
   */
  to<Result>(sink: Sink<Out, Result>): RunnableGraph<Result> {
    return new RunnableGraph([...this.chain, ...chainOf("to: sink", sink, aSink)])
  }

  /**
   * Runs this source into `sink`. Resolves with the result of the sink, or rejects with the error of the stream.
   *
   * - **Completes when** `sink` has completed or cancelled
   * - **Hibernates:** never; a graph runs in memory
   *
   * @example `await Source.range(1, 3).runWith(Sink.toArray())`
   */
  runWith<Result>(sink: Sink<Out, Result>, options?: RunOptions): Promise<Result> {
    return this.to(sink).run(options)
  }
}
