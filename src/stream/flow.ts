import type { BlueprintKind, SourceShape } from "./blueprint.ts"
import { aFlow, aSink, aSource, chainOf, checkArgument } from "./checks.ts"
import type { Chain } from "./engine/wiring.ts"
import type { BranchOf } from "./operators/fan-out.ts"
import { RecoverOperators } from "./operators/recover.ts"
import { RunOperators } from "./operators/running.ts"
import { Sink } from "./sink.ts"
import { Coupled } from "./stages/forks.ts"

interface FlowKind extends BlueprintKind {
  readonly type: Flow<this["in"], this["out"]>
  readonly flow: Flow<this["in"], this["out"]>
  readonly tail: Tail<this["out"]>
}

interface TailKind extends BlueprintKind {
  readonly type: Tail<this["out"]>
  readonly flow: Flow<this["in"], this["out"]>
  readonly tail: Tail<this["out"]>
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
 * A wrong argument of an operator throws a `RangeError` or a `TypeError` when the flow is made. An error from a function that was
 * passed to an operator fails the stream.
 *
 * @example
 * ```ts
 * const shout = Flow.of<string>().map((message) => message.toUpperCase()).take(3)
 * ```
 */
export class Flow<in In, out Out> extends RecoverOperators<FlowKind, In, Out> {
  /** For errors and logs. */
  get [Symbol.toStringTag](): "Flow" {
    return "Flow"
  }

  /**
   * The flow that emits its input unchanged.
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
   * The disconnected flow: its input goes to `sink` and its output comes from `source`. Each half ends on its own.
   *
   * - **Emits when** `source` emits
   * - **Backpressures when** `sink` backpressures
   * - **Completes when** `source` completes
   * - **Cancels when** `sink` cancels
   * - **Hibernates:** keeps the states of the two
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
   * The disconnected flow whose halves end together: when one completes, fails or cancels, the other ends too.
   *
   * - **Emits when** `source` emits
   * - **Backpressures when** `sink` backpressures
   * - **Completes when** upstream or `source` completes, or `sink` cancels
   * - **Cancels when** downstream or `sink` cancels, or `source` completes
   * - **Hibernates:** keeps the states of the two
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
          wiring.beside(
            () => below.hasFailed,
            () => wiring.chain(sink.chain, wiring.add(above, last)),
          )
          return wiring.add(below, wiring.chain(source.chain, undefined))
        },
      },
    ])
  }

  /**
   * This flow, then `flow`.
   *
   * - **Emits when** `flow` emits
   * - **Backpressures when** this flow backpressures
   * - **Completes when** `flow` completes
   * - **Cancels when** this flow cancels
   * - **Hibernates:** keeps the states of the two
   */
  via<B>(flow: Flow<Out, B>): Flow<In, B> {
    return this.with(...chainOf("via: flow", flow, aFlow))
  }

  /**
   * This flow, then `sink`: together a sink for the input of this flow.
   *
   * - **Emits when** never, because it has no output
   * - **Backpressures when** this flow backpressures
   * - **Completes when** `sink` completes
   * - **Cancels when** this flow cancels
   * - **Hibernates:** keeps the states of the two
   */
  to<Result>(sink: Sink<Out, Result>): Sink<In, Result> {
    return new Sink([...this.chain, ...chainOf("to: sink", sink, aSink)])
  }

  protected identity<T>(): Flow<T, T> {
    return Flow.of()
  }

  protected rest<T>(chain: Chain): Tail<T> {
    return new Tail(chain)
  }

  protected of<B>(chain: Chain): Flow<In, B> {
    return new Flow(chain)
  }
}

/** The rest of a flow after a `prefixAndTail`: a source with all operators, which runs once. */
export class Tail<out Out> extends RunOperators<TailKind, Out> {
  protected identity<T>(): Flow<T, T> {
    return Flow.of()
  }

  protected rest<T>(chain: Chain): Tail<T> {
    return new Tail(chain)
  }

  protected of<B>(chain: Chain): Tail<B> {
    return new Tail(chain)
  }
}

function checkEnds(name: string, sink: Sink<never, unknown>, source: SourceShape<unknown>): void {
  checkArgument(`${name}: sink`, sink, aSink)
  checkArgument(`${name}: source`, source, aSource)
}
