import { log } from "../stream/logger.ts"

/**
 * Counts the messages that nobody took, for each actor that they were meant for. The first event with some of them is logged in
 * one line, and later ones each time there are ten times as many: a stream of dead letters does not flood the log.
 */
export class DeadLetters {
  private readonly counts = new Map<string, { count: number; logAt: number }>()
  private readonly unlogged = new Set<string>()

  add(path: string): void {
    const letters = this.counts.get(path) ?? this.begin(path)
    letters.count++
    if (letters.count >= letters.logAt) this.unlogged.add(path)
  }

  /** How many there were for one actor. */
  of(path: string): number {
    return this.counts.get(path)?.count ?? 0
  }

  /** To be called at the end of an event. */
  flush(): void {
    for (const path of this.unlogged) {
      const letters = this.counts.get(path)
      if (!letters) continue
      log({ level: "warn", event: "dead letters", actor: path, count: letters.count })
      while (letters.logAt <= letters.count) letters.logAt *= 10
    }
    this.unlogged.clear()
  }

  /** Paths come and go with connections: what is known of them is bounded. */
  private begin(path: string): { count: number; logAt: number } {
    const [oldest] = this.counts.keys()
    if (this.counts.size >= 1000 && oldest !== undefined) this.counts.delete(oldest)
    const letters = { count: 0, logAt: 1 }
    this.counts.set(path, letters)
    return letters
  }
}
