import type { Apply, BlueprintKind, FlowOf, FlowShape } from "../blueprint.ts"
import { aFlowOrSink, aSink, checkArgument, checkFunctions } from "../checks.ts"
import type { FanOut } from "../engine/fan-out-stage.ts"
import { ignoredOutcome } from "../engine/sink-stage.ts"
import type { Stage } from "../engine/stage.ts"
import type { Step } from "../engine/wiring.ts"
import type { Sink } from "../sink.ts"
import { Balance, Broadcast, Divert, Partition, WireTap } from "../stages/forks.ts"
import { Merge } from "../stages/joins.ts"
import { FanInOperators } from "./fan-in.ts"

/** The end of a branch: a flow, whose output is merged with those of the other branches, or a sink. */
export type BranchEnd<In, Out> = FlowShape<In, Out> | Sink<In, unknown>

/** `Branch` of flow.ts, for any kind of blueprint. */
export type BranchOf<K extends BlueprintKind, In, Out> =
  | BranchEnd<In, Out>
  | ((elements: FlowOf<K, In, In>) => BranchEnd<In, Out>)

/** The elements that branches emit; branches that end in a sink emit none. */
export type OutputOf<B> =
  B extends FlowShape<never, infer Out>
    ? Out
    : B extends (...args: never) => infer Returned
      ? OutputOf<Returned>
      : never

/** A side branch into `sink`; the stream continues below the first outlet. */
function sideBranch(name: string, sink: Sink<never, unknown>, make: () => FanOut): Step {
  checkArgument(`${name}: sink`, sink, aSink)
  return {
    name,
    hibernates: "keeps",
    build: (wiring, last) => wiring.fork(make(), last, [(main) => main, (side) => wiring.chain(sink.chain, side)])[0],
  }
}

/** Calls the branches that are functions, with the flow of a branch's elements, and checks all of them. */
function resolveBranches(name: string, branches: readonly unknown[], flow: unknown): BranchEnd<never, unknown>[] {
  const ends = branches.map((branch, index) => {
    const end: unknown = typeof branch === "function" ? branch(flow) : branch
    const what = typeof branch === "function" ? `${name}: what branch ${index} returned` : `${name}: branch ${index}`
    checkArgument(what, end, aFlowOrSink)
    return end as BranchEnd<never, unknown>
  })
  if (ends.some((end) => !aSink.has(end))) return ends
  throw new TypeError(`${name}: every branch is a sink, so nothing would flow on. Use alsoTo or divertTo for sinks.`)
}

/** Forks into the branches and merges the outputs of those that have one. */
function forkAndMerge(name: string, ends: readonly BranchEnd<never, unknown>[], make: () => FanOut): Step {
  return {
    name,
    hibernates: "keeps",
    build(wiring, last) {
      const branches = ends.map(
        ({ chain }) =>
          (outlet: Stage) =>
            wiring.chain(chain, outlet),
      )
      const outputs = wiring.fork(make(), last, branches).filter((output) => output !== undefined)
      return wiring.join(new Merge(outputs.length), outputs)
    },
  }
}

/** Operators that send elements several ends. A failure in one of them fails the stream; a `wireTap` alone is let fail. */
export abstract class FanOutOperators<K extends BlueprintKind, In, Out> extends FanInOperators<K, In, Out> {
  /**
   * Sends every element to `sink` as well.
   *
   * - **Emits when** upstream emits and both sides want the element
   * - **Backpressures when** downstream or the sink backpressures
   * - **Completes when** upstream completes
   * - **Cancels when** downstream or the sink cancels
   * - **Hibernates:** stateless, but for what the sink keeps
   */
  alsoTo(sink: Sink<Out, unknown>): Apply<K, In, Out> {
    return this.with(sideBranch("alsoTo", sink, () => new Broadcast(2, true)))
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
  divertTo(sink: Sink<Out, unknown>, predicate: (element: Out) => boolean): Apply<K, In, Out> {
    checkFunctions("divertTo", { predicate })
    return this.with(sideBranch("divertTo", sink, () => new Divert<Out>(predicate)))
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
  wireTap(sink: Sink<Out, unknown>): Apply<K, In, Out> {
    checkArgument("wireTap: sink", sink, aSink)
    return this.with({
      name: "wireTap",
      hibernates: "keeps",
      build: (wiring, last) =>
        wiring.fork(new WireTap(), last, [
          (main) => main,
          (tap) => wiring.closedChain(sink.chain, tap, ignoredOutcome),
        ])[0],
    })
  }

  /**
   * Sends every element into each of the branches and merges what comes out of them. A branch is a flow or a sink, or a
   * function that gets the flow of the branch's elements and returns one of the two; it is called once, when the flow is made.
   * Together with `merge` it makes graphs: connected and disconnected messages in one flow.
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
   *   .broadcast(
   *     (all) => all.filter((text) => text !== "time").to(Sink.forEach(console.log)),
   *     (all) => all.filter((text) => text === "time").map(() => Date.now()),
   *   )
   *   .merge(Source.tick("1 minute"))
   * ```
   */
  broadcast<B = unknown, const Branches extends readonly BranchOf<K, Out, B>[] = readonly BranchOf<K, Out, B>[]>(
    ...branches: Branches
  ): Apply<K, In, OutputOf<Branches[number]>> {
    const ends = resolveBranches("broadcast", branches, this.identity())
    return this.with(forkAndMerge("broadcast", ends, () => new Broadcast(ends.length, false)))
  }

  /**
   * Sends each element into the branch whose number `choose` returns and merges what comes out of them. Branches are what
   * they are for `broadcast`.
   *
   * - **Emits when** a branch emits
   * - **Backpressures when** the branch that the element is for backpressures
   * - **Completes when** every branch with an output has completed
   * - **Cancels when** every branch has cancelled; an element for a branch that has is dropped
   * - **Hibernates:** keeps an element that its branch did not want yet, and one element of each branch's output
   */
  partition<B = unknown, const Branches extends readonly BranchOf<K, Out, B>[] = readonly BranchOf<K, Out, B>[]>(
    choose: (element: Out) => number,
    ...branches: Branches
  ): Apply<K, In, OutputOf<Branches[number]>> {
    checkFunctions("partition", { choose })
    const ends = resolveBranches("partition", branches, this.identity())
    return this.with(forkAndMerge("partition", ends, () => new Partition(ends.length, choose, false)))
  }

  /**
   * Sends each element into one of the branches, whichever is ready, in turn, and merges what comes out of them. Branches
   * are what they are for `broadcast`.
   *
   * - **Emits when** a branch emits
   * - **Backpressures when** all branches backpressure, once it has an element for the first that is ready again
   * - **Completes when** every branch with an output has completed
   * - **Cancels when** every branch has cancelled
   * - **Hibernates:** keeps whose turn it is, an element that no branch wanted yet, and one of each branch's output
   */
  balance<B = unknown, const Branches extends readonly BranchOf<K, Out, B>[] = readonly BranchOf<K, Out, B>[]>(
    ...branches: Branches
  ): Apply<K, In, OutputOf<Branches[number]>> {
    const ends = resolveBranches("balance", branches, this.identity())
    return this.with(forkAndMerge("balance", ends, () => new Balance(ends.length)))
  }
}
