import type { Apply, BlueprintKind, FlowShape } from "../blueprint.ts"
import { aFlow, aSink, chainOf } from "../checks.ts"
import { RunnableGraph, type RunOptions } from "../graph.ts"
import type { Sink } from "../sink.ts"
import { RecoverOperators } from "./recover.ts"

/** The operators that only a source has, because only a source can run. */
export abstract class RunOperators<K extends BlueprintKind, Out> extends RecoverOperators<K, never, Out> {
  /** This source, then `flow`. */
  via<B>(flow: FlowShape<Out, B>): Apply<K, never, B> {
    return this.with(...chainOf("via: flow", flow, aFlow))
  }

  /** This source, then `sink`: a graph to run. */
  to<Result>(sink: Sink<Out, Result>): RunnableGraph<Result> {
    return new RunnableGraph([...this.chain, ...chainOf("to: sink", sink, aSink)])
  }

  /** Runs this source into `sink`. Resolves with the result of the sink, or rejects with the error of the stream. */
  runWith<Result>(sink: Sink<Out, Result>, options?: RunOptions): Promise<Result> {
    return this.to(sink).run(options)
  }
}
