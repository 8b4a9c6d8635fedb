import type { BlueprintKind, SourceShape } from "./blueprint.ts"
import { aFlow, aSink, aSource, chainOf, checkArgument } from "./checks.ts"
import type { Chain } from "./engine/wiring.ts"
import type { BranchOf } from "./operators/fan-out.ts"
import { RecoverOperators } from "./operators/recover.ts"
import { Sink } from "./sink.ts"
import { Coupled } from "./stages/forks.ts"

interface FlowKind extends BlueprintKind {
  readonly type: Flow<this["in"], this["out"]>
  readonly flow: Flow<this["in"], this["out"]>
}

/**
 * A branch of `broadcast`, `partition` or `balance`: a flow, a sink, or a function from the flow of the branch's elements to
 * one of the two. The function is called once, when the flow is made.
 */
export type Branch<In, Out> = BranchOf<FlowKind, In, Out>

/**
 * A stream with an input and an output: elements of type `In` come in, elements of type `Out` go out. An immutable
 * blueprint; the operators return new ones.
 *
 * @example
 * ```ts
 * const shout = Flow.of<string>().map((message) => message.toUpperCase()).take(3)
 * ```
 */
export class Flow<in In, out Out> extends RecoverOperators<FlowKind, In, Out> {
  /** What it is, for errors and logs. */
  get [Symbol.toStringTag](): "Flow" {
    return "Flow"
  }

  /**
   * The flow that does nothing: what comes in goes out.
   *
   * - **Emits when** upstream emits
   * - **Backpressures when** downstream backpressures
   * - **Completes when** upstream completes
   * - **Cancels when** downstream cancels
   * - **Hibernates:** stateless
   */
  static of<T>(): Flow<T, T> {
    return new Flow([])
  }

  /**
   * The disconnected flow: what comes in goes to `sink`, what goes out comes from `source`, and the end of the one is
   * not the end of the other.
   *
   * - **Emits when** `source` emits
   * - **Backpressures when** `sink` backpressures
   * - **Completes when** `source` completes
   * - **Cancels when** `sink` cancels
   * - **Hibernates:** what the two keep
   */
  static fromSinkAndSource<In, Out>(sink: Sink<In, unknown>, source: SourceShape<Out>): Flow<In, Out> {
    checkEnds("fromSinkAndSource", sink, source)
    return new Flow([
      {
        name: "fromSinkAndSource",
        hibernates: "stateless",
        build(wiring, last) {
          wiring.chain(sink.chain, last)
          return wiring.chain(source.chain, undefined)
        },
      },
    ])
  }

  /**
   * The disconnected flow whose halves end together: when one completes, fails or cancels, so does the other.
   *
   * - **Emits when** `source` emits
   * - **Backpressures when** `sink` backpressures
   * - **Completes when** `source` completes or `sink` cancels
   * - **Cancels when** `sink` cancels or `source` completes
   * - **Hibernates:** what the two keep
   */
  static fromSinkAndSourceCoupled<In, Out>(sink: Sink<In, unknown>, source: SourceShape<Out>): Flow<In, Out> {
    checkEnds("fromSinkAndSourceCoupled", sink, source)
    return new Flow([
      {
        name: "fromSinkAndSourceCoupled",
        hibernates: "stateless",
        build(wiring, last) {
          const above = new Coupled<unknown>()
          const below = new Coupled<unknown>()
          above.partner = below
          below.partner = above
          wiring.chain(sink.chain, wiring.add(above, last))
          return wiring.add(below, wiring.chain(source.chain, undefined))
        },
      },
    ])
  }

  /**
   * This flow, then `flow`.
   *
   * - **Emits when** `flow` emits
   * - **Backpressures when** `flow` backpressures
   * - **Completes when** `flow` completes
   * - **Cancels when** `flow` cancels
   * - **Hibernates:** what the two keep
   */
  via<B>(flow: Flow<Out, B>): Flow<In, B> {
    return this.with(...chainOf("via: flow", flow, aFlow))
  }

  /**
   * This flow, then `sink`: together a sink for what this flow takes.
   *
   * - **Emits when** never: it has no output
   * - **Backpressures when** `sink` does
   * - **Completes when** `sink` is done
   * - **Cancels when** `sink` cancels
   * - **Hibernates:** what the two keep
   */
  to<Result>(sink: Sink<Out, Result>): Sink<In, Result> {
    return new Sink([...this.chain, ...chainOf("to: sink", sink, aSink)])
  }

  protected identity<T>(): Flow<T, T> {
    return Flow.of()
  }

  protected of<B>(chain: Chain): Flow<In, B> {
    return new Flow(chain)
  }
}

function checkEnds(name: string, sink: Sink<never, unknown>, source: SourceShape<unknown>): void {
  checkArgument(`${name}: sink`, sink, aSink)
  checkArgument(`${name}: source`, source, aSource)
}
