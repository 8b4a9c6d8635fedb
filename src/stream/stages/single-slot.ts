import { Emitter, type None, none } from "../engine/emitter.ts"

/** An emitter that holds at most one element. */
export abstract class SingleSlot<In, Out = In, State = unknown> extends Emitter<In, Out, State> {
  protected held: Out | None = none

  protected next(): Out | None {
    const element = this.held
    this.held = none
    return element
  }

  protected isDrained(): boolean {
    return this.held === none
  }

  /** The held element for structured clone: an array of at most one. */
  protected saveHeld(): Out[] {
    return this.held === none ? [] : [this.held]
  }

  protected restoreHeld(saved: Out[]): void {
    if (saved.length > 0) this.held = saved[0] as Out
  }
}

/** A single slot whose state is the held element alone. */
export abstract class SavedSlot<T> extends SingleSlot<T, T, T[]> {
  override save(): T[] {
    return this.saveHeld()
  }

  override restore(held: T[]): void {
    this.restoreHeld(held)
  }
}
