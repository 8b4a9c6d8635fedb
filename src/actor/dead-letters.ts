import type { Logger } from "../stream/logger.ts"

/**
 * Counts the messages that could not be delivered, by the path of their receiver. The count is logged after the first event with
 * dead letters and then after each tenfold increase, so that a stream of dead letters does not flood the log.
 */
export class DeadLetters {
  private readonly counts = new Map<string, { count: number; logAt: number }>()
  private readonly unlogged = new Set<string>()

  add(path: string): void {
    const letters = this.counts.get(path) ?? this.addCounter(path)
    letters.count++
    if (letters.count >= letters.logAt) this.unlogged.add(path)
  }

  /** The number of dead letters for a path. */
  of(path: string): number {
    return this.counts.get(path)?.count ?? 0
  }

  /** Logs the counts that are due. Call it at the end of an event. */
  flush(log: Logger): void {
    for (const path of this.unlogged) {
      const letters = this.counts.get(path)
      if (!letters) continue
      log({ level: "warn", event: "dead letters", actor: path, count: letters.count })
      while (letters.logAt <= letters.count) letters.logAt *= 10
    }
    this.unlogged.clear()
  }

  /** Adds a counter. At most 1,000 are kept, because paths come and go with connections. */
  private addCounter(path: string): { count: number; logAt: number } {
    const [oldest] = this.counts.keys()
    if (this.counts.size >= 1000 && oldest !== undefined) this.counts.delete(oldest)
    const letters = { count: 0, logAt: 1 }
    this.counts.set(path, letters)
    return letters
  }
}
