import type { Description, Shape, Shapes } from "../blueprint.ts"
import type { FanOut } from "../fan-out.ts"
import type { Flow } from "../flow.ts"
import type { Sink } from "../sink.ts"
import { Merge } from "../stages/fan-in.ts"
import { Balance, Broadcast, Partition, WireTap } from "../stages/fan-out.ts"
import { SinkStage } from "../stages/sink.ts"
import { FanInOperators } from "./fan-in.ts"

/** Where a fork leads: into a flow, whose output is merged with the others', or into a sink. */
export type Branch<In, Out> = Flow<In, Out> | Sink<In, unknown>

/** A side way into `sink`; the stream goes on through the first outlet. */
function side(name: string, sink: Sink<never, unknown>, make: () => FanOut): Description {
  return {
    name,
    hibernates: "keeps",
    build: (wiring, last) => wiring.fork(make(), last, [[], sink.chain])[0],
  }
}

/** What becomes of a tap concerns nobody. */
const unheard = { resolve() {}, reject() {} }

/** Every branch below the fork; those that have an output are merged below. */
function forkAndMerge(name: string, branches: readonly Branch<never, unknown>[], make: () => FanOut): Description {
  return {
    name,
    hibernates: "keeps",
    build(wiring, last) {
      const ends = wiring.fork(
        make(),
        last,
        branches.map(({ chain }) => chain),
      )
      const outputs = ends.filter((end) => !(end instanceof SinkStage))
      if (outputs.length > 0) return wiring.join(new Merge(outputs.length), outputs)
      throw new TypeError(
        `${name}: every branch is a sink, so nothing would flow on. Use alsoTo or divertTo for sinks.`,
      )
    },
  }
}

/** Operators that send elements several ways. A failure in one of them fails the stream; a `wireTap` alone is let fail. */
export abstract class FanOutOperators<S extends Shape, In, Out> extends FanInOperators<S, In, Out> {
  /**
   * Sends every element to `sink` as well.
   *
   * - **Emits when** upstream emits and both sides want the element
   * - **Backpressures when** downstream or the sink backpressures
   * - **Completes when** upstream completes
   * - **Cancels when** downstream or the sink cancels
   * - **Hibernates:** stateless, but for what the sink keeps
   */
  alsoTo(sink: Sink<Out, unknown>): Shapes<In, Out>[S] {
    return this.with(side("alsoTo", sink, () => new Broadcast(2, true)))
  }

  /**
   * Sends the elements for which the predicate holds to `sink` instead of downstream.
   *
   * - **Emits when** the predicate does not hold
   * - **Backpressures when** the side that the element is for backpressures
   * - **Completes when** upstream completes
   * - **Cancels when** downstream or the sink cancels
   * - **Hibernates:** keeps an element that its side did not want yet
   */
  divertTo(sink: Sink<Out, unknown>, predicate: (element: Out) => boolean): Shapes<In, Out>[S] {
    const choose = (element: Out) => (predicate(element) ? 1 : 0)
    return this.with(side("divertTo", sink, () => new Partition<Out>(2, choose, true)))
  }

  /**
   * Shows elements to `sink` without waiting for it: it misses those for which it is not ready, and neither its end nor
   * its failure disturbs the stream.
   *
   * - **Emits when** upstream emits
   * - **Backpressures when** downstream backpressures
   * - **Completes when** upstream completes
   * - **Cancels when** downstream cancels
   * - **Hibernates:** stateless, but for what the sink keeps
   */
  wireTap(sink: Sink<Out, unknown>): Shapes<In, Out>[S] {
    return this.with({
      name: "wireTap",
      hibernates: "keeps",
      build(wiring, last) {
        const [main, tap] = wiring.fork(new WireTap(), last, [[], sink.chain])
        if (tap instanceof SinkStage) tap.outcome = unheard
        return main
      },
    })
  }

  /**
   * Sends every element into each of the branches and merges what comes out of them. Together with `merge` it makes
   * graphs: connected and disconnected messages in one flow.
   *
   * - **Emits when** a branch emits
   * - **Backpressures when** one of the branches backpressures
   * - **Completes when** every branch with an output has completed
   * - **Cancels when** every branch has cancelled
   * - **Hibernates:** keeps one element of each branch's output, and in which order they came
   *
   * @example
   * ```ts
   * Flow.of<string>()
   *   .broadcast(commands.to(Sink.forEach(control)), questions.map(answer))
   *   .merge(ticks)
   * ```
   */
  broadcast<B>(...branches: Branch<Out, B>[]): Shapes<In, B>[S] {
    return this.with(forkAndMerge("broadcast", branches, () => new Broadcast(branches.length, false)))
  }

  /**
   * Sends each element into the branch whose number `choose` returns and merges what comes out of them.
   *
   * - **Emits when** a branch emits
   * - **Backpressures when** the branch that the element is for backpressures
   * - **Completes when** every branch with an output has completed
   * - **Cancels when** every branch has cancelled; an element for a branch that has is dropped
   * - **Hibernates:** keeps an element that its branch did not want yet, and one element of each branch's output
   */
  partition<B>(choose: (element: Out) => number, ...branches: Branch<Out, B>[]): Shapes<In, B>[S] {
    return this.with(forkAndMerge("partition", branches, () => new Partition(branches.length, choose, false)))
  }

  /**
   * Sends each element into one of the branches, whichever is ready, in turn, and merges what comes out of them.
   *
   * - **Emits when** a branch emits
   * - **Backpressures when** all branches backpressure, once it has an element for the first that is ready again
   * - **Completes when** every branch with an output has completed
   * - **Cancels when** every branch has cancelled
   * - **Hibernates:** keeps whose turn it is, an element that no branch wanted yet, and one of each branch's output
   */
  balance<B>(...branches: Branch<Out, B>[]): Shapes<In, B>[S] {
    return this.with(forkAndMerge("balance", branches, () => new Balance(branches.length)))
  }
}
