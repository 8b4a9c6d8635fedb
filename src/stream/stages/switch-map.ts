import type { Chain } from "../engine/wiring.ts"
import { FlatMap } from "./flat-map.ts"

/** Runs the source of the newest element. */
export class SwitchMap<In, Out> extends FlatMap<In, Out> {
  constructor(f: (element: In) => { chain: Chain }) {
    super(1, f)
  }

  /** Calls the function first, so an error from it ends the running source as any failure does. */
  protected override onElement(element: In): void {
    const chain = this.chainFor(element)
    this.cancelSources()
    this.start(element, chain)
  }

  /** Independent of the demand below, because a new element ends the source that backpressures. */
  protected override wants(): boolean {
    return true
  }
}
