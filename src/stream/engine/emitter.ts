import { Stage } from "./stage.ts"

/** Returned by `next` when there is no element; `undefined` is an element like any other. */
export const none: unique symbol = Symbol("none")
export type None = typeof none

/** Compares the type first, because V8 calls a function to compare a number with a symbol. */
export function isNone(element: unknown): element is None {
  return typeof element === "symbol" && element === none
}

/**
 * A stage that emits on its own, not only while it is pushed to: every source, buffer and junction. Re-entry becomes
 * iteration: a call that arrives while an element is being pushed only sets a flag, and the loop in `drain` continues
 * from there.
 */
export abstract class Emitter<In = never, Out = unknown, State = unknown> extends Stage<In, Out, State> {
  /** Whether there is demand below. */
  protected open = false
  protected busy = false
  /** Whether the demand has been signalled above. */
  protected asked = false

  /** Stores the element that was pushed. */
  protected abstract onElement(element: In): void
  /** The next element to emit, or `none` for now. Called only on demand. */
  protected abstract next(): Out | None
  /** Whether every stored element has been emitted. */
  protected abstract isDrained(): boolean
  /** Whether to ask for another element. */
  protected wants(): boolean {
    return this.open && this.isDrained()
  }

  push(element: In): boolean {
    this.asked = true
    try {
      this.onElement(element)
    } catch (error) {
      return this.failStage(error)
    }
    this.markProgress()
    this.drain()
    this.asked = !this.inClosed && this.wants()
    return this.asked
  }

  override resume(): void {
    this.open = true
    this.drain()
    this.ask()
  }

  override ask(): void {
    if (this.asked || this.inClosed || !this.wants()) return
    this.asked = true
    this.up.resume()
  }

  override advance(): void {
    this.drain()
    this.ask()
  }

  override onComplete(): void {
    this.drain()
  }

  /**
   * Emits an element without storing it, if there is demand and no other element is being emitted. The caller checks that
   * no stored element comes before it.
   */
  protected tryEmit(element: Out): boolean {
    if (!this.open || this.busy || this.outClosed || this.run.starting) return false
    this.busy = true
    this.open = false
    if (this.down.push(element)) this.open = true
    this.busy = false
    return true
  }

  protected drain(): void {
    if (this.busy || this.run.starting) return
    this.busy = true
    let hasEmitted = false
    while (this.open && !this.outClosed) {
      let element: Out | None
      try {
        element = this.next()
      } catch (error) {
        this.failStage(error)
        break
      }
      if (isNone(element)) break
      hasEmitted = true
      this.open = false
      if (this.down.push(element)) this.open = true
    }
    if (hasEmitted) this.markProgress()
    this.busy = false
    if (this.inClosed && !this.outClosed && this.isDrained()) this.onDrained()
  }

  /** The stage above has ended and every element was emitted. */
  protected onDrained(): void {
    this.completeDown()
  }

  /** An element was stored or emitted. */
  protected markProgress(): void {
    this.markDirty()
  }
}
