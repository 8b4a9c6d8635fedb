import type { Chain, Description, Shape, Shapes } from "../blueprint.ts"
import { aFlowOrSink, aSink, checkArgument, checkFunctions } from "../checks.ts"
import type { FanOut } from "../engine/fan-out-stage.ts"
import type { Flow } from "../flow.ts"
import type { Sink } from "../sink.ts"
import { Balance, Broadcast, Divert, Partition, WireTap } from "../stages/forks.ts"
import { Merge } from "../stages/joins.ts"
import { SinkStage } from "../stages/sinks.ts"
import { FanInOperators } from "./fan-in.ts"

/** Where a fork leads: into a flow, whose output is merged with the others', or into a sink. */
export type Way<In, Out> = Flow<In, Out> | Sink<In, unknown>

/** A way, or a function that gets the flow of the branch's elements and returns one. It is called once, when the flow is made. */
export type Branch<In, Out> = Way<In, Out> | ((elements: Flow<In, In>) => Way<In, Out>)

/** What comes out of branches: nothing of those that end in a sink. */
export type OutputOf<B> =
  B extends Flow<never, infer Out> ? Out : B extends (...args: never) => infer Returned ? OutputOf<Returned> : never

/** A side way into `sink`; the stream goes on through the first outlet. */
function side(name: string, sink: Sink<never, unknown>, make: () => FanOut): Description {
  checkArgument(`${name}: sink`, sink, aSink)
  return {
    name,
    hibernates: "keeps",
    build: (wiring, last) => wiring.fork(make(), last, [[], sink.chain])[0],
  }
}

/** Ignores how the tap's sink ends. */
const unheard = { resolve() {}, reject() {} }

/** The ways that an author's branches are; `all` is the flow that functions get. */
function waysOf(name: string, branches: readonly unknown[], all: Flow<never, unknown>): Way<never, unknown>[] {
  const ways = branches.map((branch, index) => {
    const way: unknown = typeof branch === "function" ? branch(all) : branch
    const what = typeof branch === "function" ? `${name}: what branch ${index} returned` : `${name}: branch ${index}`
    checkArgument(what, way, aFlowOrSink)
    return way as Way<never, unknown>
  })
  if (ways.some((way) => !aSink.has(way))) return ways
  throw new TypeError(`${name}: every branch is a sink, so nothing would flow on. Use alsoTo or divertTo for sinks.`)
}

/** Every branch below the fork; those that have an output are merged below. */
function forkAndMerge(name: string, ways: readonly { chain: Chain }[], make: () => FanOut): Description {
  const chains = ways.map(({ chain }) => chain)
  return {
    name,
    hibernates: "keeps",
    build(wiring, last) {
      const outputs = wiring.fork(make(), last, chains).filter((end) => !(end instanceof SinkStage))
      return wiring.join(new Merge(outputs.length), outputs)
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
    checkFunctions("divertTo", { predicate })
    return this.with(side("divertTo", sink, () => new Divert<Out>(predicate)))
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
    checkArgument("wireTap: sink", sink, aSink)
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
  broadcast<B = unknown, const Branches extends readonly Branch<Out, B>[] = readonly Branch<Out, B>[]>(
    ...branches: Branches
  ): Shapes<In, OutputOf<Branches[number]>>[S] {
    const ways = waysOf("broadcast", branches, this.identity())
    return this.with(forkAndMerge("broadcast", ways, () => new Broadcast(ways.length, false)))
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
  partition<B = unknown, const Branches extends readonly Branch<Out, B>[] = readonly Branch<Out, B>[]>(
    choose: (element: Out) => number,
    ...branches: Branches
  ): Shapes<In, OutputOf<Branches[number]>>[S] {
    checkFunctions("partition", { choose })
    const ways = waysOf("partition", branches, this.identity())
    return this.with(forkAndMerge("partition", ways, () => new Partition(ways.length, choose, false)))
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
  balance<B = unknown, const Branches extends readonly Branch<Out, B>[] = readonly Branch<Out, B>[]>(
    ...branches: Branches
  ): Shapes<In, OutputOf<Branches[number]>>[S] {
    const ways = waysOf("balance", branches, this.identity())
    return this.with(forkAndMerge("balance", ways, () => new Balance(ways.length)))
  }
}
