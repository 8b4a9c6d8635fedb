/**
 * Counts the messages that nobody took, for each actor that they were meant for. The first event with some of them is logged in
 * one line, and later ones each time there are ten times as many: a stream of dead letters does not flood the log.
 */
export class DeadLetters {
  private readonly counts = new Map<string, { count: number; logAt: number }>()
  private readonly unlogged = new Set<string>()

  constructor(private readonly log: (line: string) => void = (line) => console.warn(line)) {}

  add(path: string): void {
    const letters = this.counts.get(path) ?? { count: 0, logAt: 1 }
    letters.count++
    this.forgetOldest()
    this.counts.set(path, letters)
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
      this.log(
        `${letters.count} dead letter${letters.count === 1 ? "" : "s"} for ${path}, which does not take messages`,
      )
      while (letters.logAt <= letters.count) letters.logAt *= 10
    }
    this.unlogged.clear()
  }

  /** Paths come and go with connections: what is known of them is bounded. */
  private forgetOldest(): void {
    const [oldest] = this.counts.keys()
    if (this.counts.size >= 1000 && oldest !== undefined) this.counts.delete(oldest)
  }
}
