import type { Apply, BlueprintKind, FlowOf, FlowShape } from "../blueprint.ts"
import { aFlowOrSink, aSink, checkArgument, checkFunctions } from "../checks.ts"
import type { FanOut } from "../engine/fan-out-stage.ts"
import { ignoredOutcome } from "../engine/sink-stage.ts"
import type { Stage } from "../engine/stage.ts"
import type { Chain, Step } from "../engine/wiring.ts"
import type { Sink } from "../sink.ts"
import { Balance, Broadcast, Divert, Partition, WireTap } from "../stages/forks.ts"
import { Merge } from "../stages/joins.ts"
import { SubstreamOperators } from "./substreams.ts"

/** The end of a branch: a flow, whose output is merged with those of the other branches, or a sink. */
type BranchEnd<K extends BlueprintKind, In, Out> = FlowOf<K, In, Out> | Sink<In, unknown>

/** `Branch` of flow.ts, for any kind of blueprint. */
export type BranchOf<K extends BlueprintKind, In, Out> =
  | BranchEnd<K, In, Out>
  | ((elements: FlowOf<K, In, In>) => BranchEnd<K, In, Out>)

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

interface Ending {
  readonly chain: Chain
}

/** Calls the branches that are functions, with the flow of a branch's elements, and checks all of them. */
function resolveBranches(name: string, branches: readonly unknown[], flow: unknown): Ending[] {
  const ends = branches.map((branch, index) => {
    const end: unknown = typeof branch === "function" ? branch(flow) : branch
    const what = typeof branch === "function" ? `${name}: what branch ${index} returned` : `${name}: branch ${index}`
    checkArgument(what, end, aFlowOrSink)
    return end as Ending
  })
  if (ends.some((end) => !aSink.has(end))) return ends
  throw new TypeError(`${name}: every branch is a sink, so nothing would flow on. Use alsoTo or divertTo for sinks.`)
}

/** Forks into the branches and merges the outputs of those that have one. */
function forkAndMerge(name: string, ends: readonly Ending[], make: () => FanOut): Step {
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

/** Operators with several outputs. A failure in a branch fails the stream, except in the sink of a `wireTap`. */
export abstract class FanOutOperators<K extends BlueprintKind, In, Out> extends SubstreamOperators<K, In, Out> {
  /**
   * Sends every element to `sink` too.
   *
   * - **Emits when** upstream emits and both downstream and the sink have demand
   * - **Backpressures when** downstream or the sink backpressures
   * - **Completes when** upstream completes
   * - **Cancels when** downstream or the sink cancels
   * - **Hibernates:** stateless, apart from the state of the sink
   */
  alsoTo(sink: Sink<Out, unknown>): Apply<K, In, Out> {
    return this.with(sideBranch("alsoTo", sink, () => new Broadcast(2, true)))
  }

  /**
   * Sends the elements for which the predicate returns true to `sink` instead of downstream.
   *
   * - **Emits when** the predicate returns false
   * - **Backpressures when** the target of the element backpressures
   * - **Completes when** upstream completes
   * - **Cancels when** downstream or the sink cancels, or the predicate throws
   * - **Hibernates:** keeps an element whose target has no demand
   */
  divertTo(sink: Sink<Out, unknown>, predicate: (element: Out) => boolean): Apply<K, In, Out> {
    checkFunctions("divertTo", { predicate })
    return this.with(sideBranch("divertTo", sink, () => new Divert<Out>(predicate)))
  }

  /**
   * Sends elements to `sink` without waiting for it. The sink misses elements that arrive while it has no demand. Its end and
   * its failure do not affect the stream.
   *
   * - **Emits when** upstream emits
   * - **Backpressures when** downstream backpressures
   * - **Completes when** upstream completes
   * - **Cancels when** downstream cancels
   * - **Hibernates:** stateless, apart from the state of the sink
   */
  wireTap(sink: Sink<Out, unknown>): Apply<K, In, Out> {
    checkArgument("wireTap: sink", sink, aSink)
    return this.with({
      name: "wireTap",
      hibernates: "keeps",
      build: (wiring, last) =>
        wiring.fork(new WireTap(), last, [
          (main) => main,
          (tap) => wiring.reportingTo(ignoredOutcome, () => wiring.chain(sink.chain, tap)),
        ])[0],
    })
  }

  /**
   * Sends every element into each branch and merges the outputs. A branch is a flow, a sink, or a function from the flow of
   * the branch's elements to one of the two, called once when the flow is made. At least one branch must be a flow. With `merge` it
   * makes graphs, such as a flow that answers messages and also sends messages of its own.
   *
   * - **Emits when** a branch emits
   * - **Backpressures when** one of the branches backpressures
   * - **Completes when** all branches with an output have completed
   * - **Cancels when** all branches have cancelled
   * - **Hibernates:** keeps one element of each branch's output, and the order of arrival
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
   * Sends each element into the branch whose number, from 0, `choose` returns, and merges the outputs. Branches are as for
   * `broadcast`. Another number fails the stream with a `RangeError`, another type with a `TypeError`.
   *
   * - **Emits when** a branch emits
   * - **Backpressures when** the branch of the element backpressures
   * - **Completes when** all branches with an output have completed
   * - **Cancels when** all branches have cancelled, or `choose` throws; elements for a cancelled branch are dropped
   * - **Hibernates:** keeps an element whose branch has no demand, and one element of each branch's output
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
   * Sends each element into the next branch with demand, in turn, and merges the outputs. Branches are as for `broadcast`.
   *
   * - **Emits when** a branch emits
   * - **Backpressures when** all branches backpressure and one element is held
   * - **Completes when** all branches with an output have completed
   * - **Cancels when** all branches have cancelled
   * - **Hibernates:** keeps the next branch, an element without demand, and one element of each branch's output
   */
  balance<B = unknown, const Branches extends readonly BranchOf<K, Out, B>[] = readonly BranchOf<K, Out, B>[]>(
    ...branches: Branches
  ): Apply<K, In, OutputOf<Branches[number]>> {
    const ends = resolveBranches("balance", branches, this.identity())
    return this.with(forkAndMerge("balance", ends, () => new Balance(ends.length)))
  }
}
