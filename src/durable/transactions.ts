/** The open transactions of an author. Elements that are published meanwhile wait for the commit. */
export class Transactions {
  private asyncCount = 0
  private syncCount = 0
  private waiting: { run(): void; drop?(): void }[] = []
  /** The number of the outermost transaction that is open, or else of the next one. */
  number = 0

  get isOpen(): boolean {
    return this.asyncCount + this.syncCount > 0
  }

  /** Whether an asynchronous transaction is open. Its events are saved and sent when it ends. */
  get isAsync(): boolean {
    return this.asyncCount > 0
  }

  /** Runs an effect after the commit of the outermost transaction, or drops it at a rollback. */
  whenCommitted(effect: { run(): void; drop?(): void }): void {
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

  /** An asynchronous transaction begins. Pass the result to `end`. */
  begin(): number {
    this.asyncCount++
    return this.waiting.length
  }

  end(begun: number, isCommitted: boolean): void {
    this.asyncCount--
    this.close(begun, isCommitted)
  }

  private close(before: number, isCommitted: boolean): void {
    const dropped = isCommitted ? [] : this.waiting.splice(before)
    if (!this.isOpen) this.number++
    for (const effect of dropped) effect.drop?.()
    if (this.isOpen) return
    for (const effect of this.waiting.splice(0)) effect.run()
  }
}
