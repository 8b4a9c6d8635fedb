import { type None, none } from "../engine/emitter.ts"
import { FanIn } from "../engine/fan-in-stage.ts"

/** Emits an array of one element of each inlet. Without inlets, it completes at once. */
export class Zip<Out> extends FanIn<Out> {
  protected next(): Out | None {
    if (this.isDrained() || this.inlets.some((inlet) => inlet.isEmpty)) return none
    return this.inlets.map((inlet) => inlet.take()) as Out
  }

  protected isDrained(): boolean {
    return this.inlets.length === 0 || this.isOver(true)
  }
}

/**
 * Emits an array of the latest element of each inlet whenever an inlet has a new one, after all have had one. New elements
 * wait in their inlets for demand and are then taken together, so no outdated array is emitted.
 */
export class ZipLatest<Out> extends FanIn<Out, unknown[]> {
  /** The last emitted elements; empty before that. */
  private latest: unknown[] = []

  protected next(): Out | None {
    const count = this.countNew()
    if (count === 0 || !this.isComplete(count)) return none
    for (const inlet of this.inlets) if (!inlet.isEmpty) this.latest[inlet.index] = inlet.take()
    return this.latest.slice() as Out
  }

  /** An inlet has ended and there is no new element, or an inlet has ended without any element. */
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

  /** Whether there is an element of each inlet, given the number of new ones. */
  private isComplete(count: number): boolean {
    return this.latest.length > 0 || count === this.inlets.length
  }

  private countNew(): number {
    let count = 0
    for (const inlet of this.inlets) if (!inlet.isEmpty) count++
    return count
  }
}
