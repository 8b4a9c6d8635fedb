import { aSource, checkReturned } from "../checks.ts"
import type { None } from "../engine/emitter.ts"
import type { Chain } from "../engine/wiring.ts"
import { SubSources } from "./sub-sources.ts"

/** Runs the source that a function returns on the first demand. */
export class Lazy<Out> extends SubSources<never, Out, undefined, true> {
  override inClosed = true
  private isMade = false

  constructor(private readonly make: () => { chain: Chain }) {
    super()
  }

  override wantsFrom(): boolean {
    return this.open
  }

  /** There is one source, and it is asked only on demand. */
  protected override canForward(): boolean {
    return true
  }

  protected override next(): Out | None {
    if (!this.isMade) {
      this.isMade = true
      this.start(undefined, this.chainFor())
    }
    return super.next()
  }

  protected override isDrained(): boolean {
    return this.isMade && super.isDrained()
  }

  protected chainFor(): Chain {
    const source = this.make()
    checkReturned(this, "make", source, aSource)
    return source.chain
  }

  protected saveState(): true | undefined {
    return this.isMade || undefined
  }

  protected override restoreState(): void {
    this.isMade = true
  }
}
