import { aFlow } from "../checks.ts"
import { type None, none } from "../engine/emitter.ts"
import { Restart } from "./restart.ts"
import type { SubSource } from "./sub-source.ts"

/** Holds one element while the flow has no demand or does not run. */
export class RestartingFlow<In, Out> extends Restart<In, Out> {
  protected readonly kind = aFlow
  private held: In | None = none

  protected override onElement(element: In): void {
    this.held = element
    this.feed()
  }

  /** During a backoff the stage completes at once, unless an element waits for the next flow. */
  override onComplete(): void {
    if (this.held === none && this.isWaiting) this.finish()
    else if (this.held === none) this.input?.complete()
    this.drain()
  }

  protected override feed(): void {
    while (this.held !== none && this.input?.isReady) {
      const element = this.held
      this.held = none
      this.markDirty()
      this.input.push(element)
    }
    if (this.inClosed && this.held === none) this.input?.complete()
  }

  /**
   * The flow takes no more elements. With `onlyOnFailures` its output continues; otherwise the output is dropped and the flow restarts.
   * A failure is handled when it arrives at the output.
   */
  protected override onInputClosed(_flow: SubSource, cause?: unknown): void {
    if (cause !== undefined) return
    if (this.onlyOnFailures) this.closeInput()
    else {
      this.cancelSources()
      this.onEnd()
    }
  }

  protected override wants(): boolean {
    return this.held === none
  }

  protected mayRestart(): boolean {
    return !this.inClosed || this.held !== none
  }

  protected saveHeld(): In[] {
    return this.held === none ? [] : [this.held]
  }

  protected restoreHeld(held: In[]): void {
    if (held.length > 0) this.held = held[0] as In
  }
}
