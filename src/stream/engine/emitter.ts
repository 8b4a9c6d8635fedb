import { Stage } from "./stage.ts"

/** What `next` returns when there is no element: `undefined` is a value like any other. */
export const none: unique symbol = Symbol("none")
export type None = typeof none

/**
 * A stage that emits when it has something and there is demand, rather than only while it is pushed to: every source,
 * buffer and junction. Re-entry becomes iteration: whatever happens below while an element is being pushed only leaves
 * a mark, and the loop in `drain` goes on from there.
 */
export abstract class Emitter<In = never, Out = unknown, State = unknown> extends Stage<In, Out, State> {
  /** Whether the stage below would take an element. */
  protected open = false
  protected busy = false
  /** Whether the stage above knows that an element is wanted. */
  protected asked = false

  /** Takes the element that was pushed. */
  protected abstract take(element: In): void
  /** The next element to emit, or `none` for now. Called only while there is demand. */
  protected abstract next(): Out | None
  /** Whether everything that was taken has been emitted. */
  protected abstract isDrained(): boolean
  /** Whether one more element from above would be welcome now. */
  protected wants(): boolean {
    return this.open && this.isDrained()
  }

  push(element: In): boolean {
    this.asked = true
    try {
      this.take(element)
    } catch (error) {
      return this.failStage(error)
    }
    this.moved()
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

  /** Emits an element as it comes, where there is demand and nothing else is being emitted. Whatever waits comes before it. */
  protected emitNow(element: Out): boolean {
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
      if (element === none) break
      hasEmitted = true
      this.open = false
      if (this.down.push(element)) this.open = true
    }
    if (hasEmitted) this.moved()
    this.busy = false
    if (this.inClosed && !this.outClosed && this.isDrained()) this.onDrained()
  }

  /** The stage above has ended and everything was emitted. */
  protected onDrained(): void {
    this.completeDown()
  }

  /** An element was taken or emitted. */
  protected moved(): void {
    this.changed()
  }
}
