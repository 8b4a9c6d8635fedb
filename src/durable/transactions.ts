/** The transactions of an author's that are open. What is published meanwhile waits for the commit. */
export class Transactions {
  private asyncCount = 0
  private syncCount = 0
  private waiting: (() => void)[] = []

  get isOpen(): boolean {
    return this.asyncCount + this.syncCount > 0
  }

  /** An asynchronous transaction spans events: none is saved, and nothing leaves the object, before it ends. */
  get isAsync(): boolean {
    return this.asyncCount > 0
  }

  /** Runs an effect after the commit of the outermost transaction. */
  whenCommitted(effect: () => void): void {
    this.waiting.push(effect)
  }

  /** Runs a synchronous transaction. */
  run<T>(transaction: () => T): T {
    const before = this.waiting.length
    let isCommitted = false
    this.syncCount++
    try {
      const result = transaction()
      isCommitted = true
      return result
    } finally {
      this.syncCount--
      this.close(before, isCommitted)
    }
  }

  /** An asynchronous transaction begins; what is returned belongs to `end`. */
  begin(): number {
    this.asyncCount++
    return this.waiting.length
  }

  end(begun: number, isCommitted: boolean): void {
    this.asyncCount--
    this.close(begun, isCommitted)
  }

  private close(before: number, isCommitted: boolean): void {
    if (!isCommitted) this.waiting.length = Math.min(this.waiting.length, before)
    if (this.isOpen) return
    for (const effect of this.waiting.splice(0)) effect()
  }
}
