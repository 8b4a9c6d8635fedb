import type { Apply, BlueprintKind, SourceShape } from "../blueprint.ts"
import { SwitchMap } from "../stages/switch-map.ts"
import { FanInOperators } from "./fan-in.ts"

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
}
