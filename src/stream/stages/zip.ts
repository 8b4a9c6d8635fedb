import { type None, none } from "../engine/emitter.ts"
import { FanIn } from "../engine/fan-in-stage.ts"

/** One element of each inlet makes one element. */
export class Zip<Out> extends FanIn<Out> {
  protected next(): Out | None {
    if (this.inlets.some((inlet) => inlet.isEmpty)) return none
    return this.inlets.map((inlet) => inlet.take()) as Out
  }

  protected isDrained(): boolean {
    return this.isOver(true)
  }
}

/**
 * The latest element of each inlet, whenever one of them has a new one and all have had one. A new element waits in its inlet
 * for the demand, and all that wait then go together: no pair is emitted that was overtaken.
 */
export class ZipLatest<Out> extends FanIn<Out, unknown[]> {
  /** What was emitted last; nothing before that. */
  private latest: unknown[] = []

  protected next(): Out | None {
    const count = this.countNew()
    if (count === 0 || !this.isComplete(count)) return none
    for (const inlet of this.inlets) if (!inlet.isEmpty) this.latest[inlet.index] = inlet.take()
    return this.latest.slice() as Out
  }

  /** Nothing new is left where one inlet has ended, or one has ended that never had an element. */
  protected isDrained(): boolean {
    if (!this.inlets.some((inlet) => inlet.inClosed)) return false
    const count = this.countNew()
    return count === 0 || (!this.isComplete(count) && this.isOver(true))
  }

  override save(): unknown[] {
    return this.latest
  }

  override restore(latest: unknown[]): void {
    this.latest = latest
  }

  /** Whether there is an element of each inlet, where so many have a new one. */
  private isComplete(count: number): boolean {
    return this.latest.length > 0 || count === this.inlets.length
  }

  private countNew(): number {
    let count = 0
    for (const inlet of this.inlets) if (!inlet.isEmpty) count++
    return count
  }
}
