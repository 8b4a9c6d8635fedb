import type { Chain } from "../blueprint.ts"
import { aSource, checkReturned } from "../checks.ts"
import { Nested } from "./sub-sources.ts"

export class FlatMap<In, Out> extends Nested<In, Out, In> {
  constructor(
    private readonly breadth: number,
    private readonly f: (element: In) => { chain: Chain },
  ) {
    super()
  }

  protected override take(element: In): void {
    this.launch(element, this.chainFor(element))
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
