import { requireInteger, requirePositiveInteger } from "../argument.ts"
import { checkNames } from "../author-value.ts"
import type { Apply, BlueprintKind, FlowOf, FlowShape, SourceShape, TailOf } from "../blueprint.ts"
import type { Primitive } from "../stages/elementwise.ts"
import { FlatMapPrefix } from "../stages/flat-map-prefix.ts"
import { GroupBy } from "../stages/group-by.ts"
import { prefixAndTailStep } from "../stages/prefix-and-tail.ts"
import { Split } from "../stages/split.ts"
import { SwitchMap } from "../stages/switch-map.ts"
import { FanInOperators } from "./fan-in.ts"

/** The elements of the flow that a function returns. */
type SubOutput<F> = F extends (...args: never) => FlowShape<never, infer Out> ? Out : never

/** Operators that run streams inside a stage. */
export abstract class SubstreamOperators<K extends BlueprintKind, In, Out> extends FanInOperators<K, In, Out> {
  /**
   * Replaces each element by the elements of the source that `f` returns. A new element cancels the source of the element
   * before, and drops the elements that this source has not yet emitted.
   *
   * - **Emits when** the current source emits
   * - **Backpressures when** never, because a new element replaces the source that waits for demand
   * - **Completes when** upstream and the current source have completed
   * - **Cancels when** downstream cancels, `f` throws, or a source fails
   * - **Hibernates:** keeps the newest element and the state of its source, as `flatMapConcat` does
   *
   * @example `Flow.of<string>().switchMap((topic) => Source.tick("1 second").map((n) => topic + " " + n))`
   */
  switchMap<B>(f: (element: Out) => SourceShape<B>): Apply<K, In, B> {
    return this.stage("switchMap", "keeps", () => new SwitchMap<Out, B>(f), { f })
  }

  /**
   * Collects the first `count` elements (0 or more), and sends the rest through the flow that `f` makes of them, as when the
   * first message is a login. `tail` is the empty flow, to begin with. If upstream completes early, `f` gets the elements that
   * have arrived.
   *
   * - **Emits when** the flow emits
   * - **Backpressures when** the flow backpressures; before it is made, when downstream backpressures
   * - **Completes when** the flow completes; the completion of upstream completes the input of the flow
   * - **Cancels when** the flow cancels, completes or fails, `f` throws, or downstream cancels
   * - **Hibernates:** keeps the prefix and the state of the flow. After hibernation `f` is called again with the prefix, so it
   *   must depend on nothing else. A flow with other steps, as after a deploy, cannot be restored
   *
   * @example `Flow.of<string>().flatMapPrefix(1, ([name], tail) => tail.map((text) => name + ": " + text))`
   */
  flatMapPrefix<F extends (prefix: Out[], tail: FlowOf<K, Out, Out>) => FlowShape<Out, unknown>>(
    count: number,
    f: F,
  ): Apply<K, In, SubOutput<F>> {
    requireInteger("flatMapPrefix: count", count, { least: 0 })
    const make = () => new FlatMapPrefix<Out, SubOutput<F>>(count, (prefix) => f(prefix, this.identity()))
    return this.stage("flatMapPrefix", "keeps", make, { f })
  }

  /**
   * Emits the first `count` elements (0 or more) together with a source of the rest, which runs once, and completes. If upstream
   * completes early, the prefix is shorter and the tail empty. If the tail does not run within 5 seconds, upstream is cancelled, and a
   * later run of the tail fails with a `StreamTimeoutError`.
   *
   * - **Emits when** the prefix is complete, or upstream completes
   * - **Backpressures when** downstream backpressures; after the prefix, when the tail backpressures or does not run yet
   * - **Completes when** the prefix and the tail were emitted
   * - **Cancels when** downstream cancels before the prefix was emitted; after that, when the tail cancels or does not run in time
   * - **Hibernates:** pins the object, because a live stream cannot be saved as an element; `flatMapPrefix` keeps its state
   *
   * @example `Flow.of<string>().prefixAndTail(1).flatMapConcat(([prefix, tail]) => Source.from(prefix).concat(tail))`
   */
  prefixAndTail(count: number): Apply<K, In, [prefix: Out[], tail: TailOf<K, Out>]> {
    requireInteger("prefixAndTail: count", count, { least: 0 })
    return this.with(prefixAndTailStep(count, (chain) => this.rest<Out>(chain)))
  }

  /**
   * Sends the elements of each key through a flow of their own, and merges the outputs: `groupBy`, the operators of the
   * substreams, and `mergeSubstreams` in one. `f` makes the flow of a new key; `substream` is the empty flow, to begin with.
   *
   * A substream is closed when its flow cancels or completes. Elements of its key are then dropped; with
   * `allowClosedSubstreamRecreation`, the next one makes a new flow. A new key fails the stream with a
   * `TooManySubstreamsOpenError` if `maxSubstreams` (at least 1) are open or closed, so choose a key that a client cannot invent.
   *
   * - **Emits when** a flow emits
   * - **Backpressures when** an element waits for a flow that backpressures
   * - **Completes when** upstream and all flows have completed
   * - **Cancels when** downstream cancels, `key` or `f` throws, a flow fails, or a new key exceeds `maxSubstreams`
   * - **Hibernates:** keeps the open keys with the states of their flows, the closed keys, and an element that waits. After
   *   hibernation `f` is called again with each key, so it must depend on nothing else
   *
   * @example
   * ```ts
   * Flow.of<{ topic: string; text: string }>().groupBy(
   *   10,
   *   ({ topic }) => topic,
   *   (substream, topic) => substream.throttle(1, "1 second").map(({ text }) => topic + ": " + text),
   * )
   * ```
   */
  groupBy<Key extends Primitive, F extends (substream: FlowOf<K, Out, Out>, key: Key) => FlowShape<Out, unknown>>(
    maxSubstreams: number,
    key: (element: Out) => Key,
    f: F,
    options: { allowClosedSubstreamRecreation?: boolean } = {},
  ): Apply<K, In, SubOutput<F>> {
    const { allowClosedSubstreamRecreation = false } = options
    checkNames("groupBy option", options, { allowClosedSubstreamRecreation })
    requirePositiveInteger("groupBy: maxSubstreams", maxSubstreams)
    const make = () =>
      new GroupBy<Out, Key, SubOutput<F>>(maxSubstreams, allowClosedSubstreamRecreation, key, (key) =>
        f(this.identity(), key),
      )
    return this.stage("groupBy", "keeps", make, { key, f })
  }

  /**
   * Cuts the stream before each element for which the predicate returns true, and sends each segment through a flow of its own,
   * one after the other: `splitWhen`, the operators of the substreams, and `concatSubstreams` in one. `f` makes the flow of a
   * segment; `substream` is the empty flow, to begin with. The rest of a segment whose flow has ended is dropped.
   *
   * - **Emits when** the flow of the current segment emits
   * - **Backpressures when** the flow of the current segment backpressures, or has not completed when the next one begins
   * - **Completes when** upstream and the flow of the last segment have completed
   * - **Cancels when** downstream cancels, the predicate or `f` throws, or a flow fails
   * - **Hibernates:** keeps the state of the current flow, and an element that waits
   *
   * @example `Flow.of<string>().splitWhen((line) => line === "", (substream) => substream.intersperse("\n"))`
   */
  splitWhen<F extends (substream: FlowOf<K, Out, Out>) => FlowShape<Out, unknown>>(
    predicate: (element: Out) => boolean,
    f: F,
  ): Apply<K, In, SubOutput<F>> {
    const make = () => new Split<Out, SubOutput<F>>(false, predicate, () => f(this.identity()))
    return this.stage("splitWhen", "keeps", make, { predicate, f })
  }

  /**
   * Like `splitWhen`, but cuts the stream after each element for which the predicate returns true.
   *
   * - **Emits when** the flow of the current segment emits
   * - **Backpressures when** the flow of the current segment backpressures, or has not completed when the next one begins
   * - **Completes when** upstream and the flow of the last segment have completed
   * - **Cancels when** downstream cancels, the predicate or `f` throws, or a flow fails
   * - **Hibernates:** keeps the state of the current flow, and an element that waits
   *
   * @example `Flow.of<string>().splitAfter((text) => text.endsWith("."), (substream) => substream.take(3))`
   */
  splitAfter<F extends (substream: FlowOf<K, Out, Out>) => FlowShape<Out, unknown>>(
    predicate: (element: Out) => boolean,
    f: F,
  ): Apply<K, In, SubOutput<F>> {
    const make = () => new Split<Out, SubOutput<F>>(true, predicate, () => f(this.identity()))
    return this.stage("splitAfter", "keeps", make, { predicate, f })
  }
}
