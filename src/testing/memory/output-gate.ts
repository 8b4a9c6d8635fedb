/** Holds frames until the writes before them are durable, as the runtime's output gate does. */
export class OutputGate {
  isShut = false
  private held: (() => void)[] = []

  /** Holds effects from now on, because writes are pending. */
  shut(): void {
    this.isShut = true
  }

  /** Runs an effect when the writes before it are durable. */
  pass(effect: () => void): void {
    if (this.isShut) this.held.push(effect)
    else effect()
  }

  /** Runs the held effects, because the writes are durable. */
  open(): void {
    this.isShut = false
    for (const effect of this.held.splice(0)) effect()
  }

  /** Drops the held effects, because the object was aborted. */
  discard(): void {
    this.isShut = false
    this.held = []
  }
}
