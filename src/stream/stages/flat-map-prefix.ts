import { aFlow, checkReturned } from "../checks.ts"
import type { Inlet } from "../engine/fan-in-stage.ts"
import type { Chain } from "../engine/wiring.ts"
import { SubFlows } from "./sub-flows.ts"
import type { SubSource } from "./sub-source.ts"

/** Collects the first elements, then runs the flow that `f` makes of them on the rest. Its state is the prefix so far. */
export class FlatMapPrefix<T, Out> extends SubFlows<T, Out, T[], T[]> {
  private prefix: T[] | undefined = []

  constructor(
    private readonly count: number,
    private readonly f: (prefix: T[]) => { chain: Chain },
  ) {
    super()
  }

  override begin(): void {
    if (this.count === 0 && !this.outClosed) this.startFlow()
    super.begin()
  }

  protected override onElement(element: T): void {
    if (!this.prefix) {
      this.input?.push(element)
      return
    }
    this.prefix.push(element)
    if (this.prefix.length === this.count) this.startFlow()
  }

  override onComplete(): void {
    this.startFlow()
    this.input?.complete()
    this.drain()
  }

  override onInletComplete(inlet: Inlet): void {
    this.closeInput()
    super.onInletComplete(inlet)
  }

  protected override onInputClosed(_flow: SubSource, cause?: unknown): void {
    this.closeInput(cause)
  }

  /** With a `count` of 0 the demand is that of the flow, also before the flow has begun. */
  protected override wants(): boolean {
    return this.prefix && this.count > 0 ? this.open : this.input?.isReady === true
  }

  protected override isDrained(): boolean {
    return !this.prefix && super.isDrained()
  }

  /** Passes a copy, because the author's function may change the array. */
  protected chainFor(prefix: T[]): Chain {
    const flow = this.f([...prefix])
    checkReturned(this, "f", flow, aFlow)
    return flow.chain
  }

  protected saveState(): T[] | undefined {
    return this.prefix
  }

  protected override restoreState(prefix: T[] | undefined): void {
    this.prefix = prefix
  }

  private startFlow(): void {
    const { prefix } = this
    if (!prefix) return
    this.prefix = undefined
    this.markDirty()
    try {
      this.start(prefix, this.chainFor(prefix))
    } catch (error) {
      this.failStage(error)
    }
  }
}
