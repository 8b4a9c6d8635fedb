import { aSource, checkReturned } from "../checks.ts"
import type { Chain } from "../engine/wiring.ts"
import { SubSources } from "./sub-sources.ts"

/** Runs up to `breadth` sub-sources, one for each element. */
export class FlatMap<In, Out> extends SubSources<In, Out, In> {
  constructor(
    private readonly breadth: number,
    private readonly f: (element: In) => { chain: Chain },
  ) {
    super()
  }

  protected override onElement(element: In): void {
    this.start(element, this.chainFor(element))
  }

  protected override wants(): boolean {
    return this.running < this.breadth
  }

  protected chainFor(element: In): Chain {
    const source = this.f(element)
    checkReturned(this, "f", source, aSource)
    return source.chain
  }

  protected saveState(): undefined {}
}
