import type { None } from "../engine/emitter.ts"
import { FanIn, type Inlet } from "../engine/fan-in-stage.ts"

/** Emits the first inlet until the second has an element. */
export class KillSwitch<T> extends FanIn<T> {
  /** The stage ends in the same event, so this is never saved. */
  private isStopped = false

  constructor() {
    super(2)
  }

  override wantsFrom(inlet: Inlet): boolean {
    return inlet.index === 1 || this.open
  }

  override onArrival(inlet: Inlet): boolean {
    if (inlet.index === 1) this.isStopped = true
    return super.onArrival(inlet)
  }

  protected next(): T | None {
    return this.takeFrom(0)
  }

  protected isDrained(): boolean {
    return this.isStopped || this.inlets[0]?.isOver === true
  }
}
