import { aPair, isPair, wrongReturn } from "../checks.ts"
import { type None, none } from "../engine/emitter.ts"
import { decodeError, type EncodedError, encodeError, orUndefinedThrown } from "../errors.ts"
import { SingleSlot } from "./single-slot.ts"

/** `last` and `failure` are present only if an element waits for demand at the end. */
type Saved<State, Out> = [state: State, last?: Out[], failure?: EncodedError]

/** Emits one element for each element, by a function of a state that is a plain value, and a last one on completion or failure. */
export class StatefulMap<State, In, Out> extends SingleSlot<In, Out, Saved<State, Out>> {
  private state: State | None = none
  /** The error with which the stream fails after the last element was emitted. */
  private failure: { error: unknown } | undefined

  constructor(
    private readonly create: () => State,
    private readonly f: (state: State, element: In) => readonly [State, Out],
    private readonly atEnd?: (state: State) => Out | undefined,
  ) {
    super()
  }

  override begin(): void {
    try {
      if (!this.inClosed) this.current()
    } catch (error) {
      this.cancelUp(orUndefinedThrown(error))
      this.failDown(error)
    }
  }

  override push(element: In): boolean {
    try {
      const next = this.f(this.current(), element)
      if (!isPair(next)) throw wrongReturn(this, "f", next, aPair.write)
      this.state = next[0]
      this.held = next[1]
    } catch (error) {
      this.cancelUp(orUndefinedThrown(error))
      this.onFail(error)
      return false
    }
    this.drain()
    this.asked = !this.inClosed && this.wants()
    return this.asked
  }

  protected onElement(): void {}

  override onComplete(): void {
    this.end()
  }

  override onFail(error: unknown): void {
    this.failure = { error }
    this.end()
  }

  override onCancel(cause?: unknown): void {
    try {
      // If the input has ended, `atEnd` was called then.
      if (!this.inClosed) this.atEnd?.(this.current())
      this.cancelUp(cause)
    } catch (error) {
      this.cancelUp(orUndefinedThrown(error))
    }
  }

  protected override onDrained(): void {
    if (this.failure) this.failDown(this.failure.error)
    else this.completeDown()
  }

  override save(): Saved<State, Out> {
    const state = this.current()
    if (this.held === none && !this.failure) return [state]
    return [state, this.saveHeld(), this.failure && encodeError(this.failure.error)]
  }

  override restore([state, last = [], failure]: Saved<State, Out>): void {
    this.state = state
    this.restoreHeld(last)
    this.failure = failure && { error: decodeError(failure) }
  }

  private current(): State {
    if (this.state === none) this.state = this.create()
    return this.state
  }

  private end(): void {
    try {
      const last = this.atEnd?.(this.current())
      if (last !== undefined) this.held = last
    } catch (error) {
      this.failure = { error }
    }
    this.drain()
  }
}
