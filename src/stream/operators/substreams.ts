import { requireInteger } from "../argument.ts"
import type { Apply, BlueprintKind, FlowOf, FlowShape, SourceShape } from "../blueprint.ts"
import { checkFunctions } from "../checks.ts"
import { FlatMapPrefix } from "../stages/flat-map-prefix.ts"
import { SwitchMap } from "../stages/switch-map.ts"
import { FanInOperators } from "./fan-in.ts"

/** The elements of the flow that a function returns. */
type SubOutput<F> = F extends (...args: never) => FlowShape<never, infer Out> ? Out : never

/** Operators that run streams inside a stage. */
export abstract class SubstreamOperators<K extends BlueprintKind, In, Out> extends FanInOperators<K, In, Out> {
  /**
   * Replaces each element by the elements of the source that `f` returns. A new element cancels the source of the element
   * before, and drops what that source has not yet emitted.
   *
   * - **Emits when** the current source emits
   * - **Backpressures when** never, because a new element replaces the source that waits for demand
   * - **Completes when** upstream and the current source have completed
   * - **Cancels when** downstream cancels, or a source fails
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
   * there are. Pekko's `prefixAndTail` has no counterpart, because a live stream cannot be saved as an element.
   *
   * - **Emits when** the flow emits
   * - **Backpressures when** the flow backpressures; before it is made, when downstream backpressures
   * - **Completes when** the flow completes, which upstream completes
   * - **Cancels when** the flow cancels, completes or fails, or downstream cancels
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
    checkFunctions("flatMapPrefix", { f })
    return this.stage(
      "flatMapPrefix",
      "keeps",
      () => new FlatMapPrefix<Out, SubOutput<F>>(count, (prefix) => f(prefix, this.identity())),
    )
  }
}
