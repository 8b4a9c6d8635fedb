import { FanIn, type Inlet } from "../engine/fan-in-stage.ts"

/** A junction that ends with its last inlet, or with the first one that completes. */
export abstract class EagerMerge<Out, State = unknown> extends FanIn<Out, State> {
  constructor(
    count: number,
    private readonly eagerComplete = false,
  ) {
    super(count)
  }

  /** Elements that have arrived are still emitted. */
  override onInletComplete(inlet: Inlet): void {
    if (this.eagerComplete) for (const other of this.inlets) other.close()
    super.onInletComplete(inlet)
  }

  protected isDrained(): boolean {
    return this.isOver(false)
  }
}
