/** Holds what is sent until the writes that came before it are durable, as the runtime's output gate does. */
export class OutputGate {
  isShut = false
  private held: (() => void)[] = []

  /** Writes are under way. */
  shut(): void {
    this.isShut = true
  }

  /** Runs an effect when the writes before it are durable. */
  pass(effect: () => void): void {
    if (this.isShut) this.held.push(effect)
    else effect()
  }

  /** The writes are durable, and the held frames leave. */
  open(): void {
    this.isShut = false
    for (const effect of this.held.splice(0)) effect()
  }

  /** The object is aborted: what was held is never sent. */
  discard(): void {
    this.isShut = false
    this.held = []
  }
}
