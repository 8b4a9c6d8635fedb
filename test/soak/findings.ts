/** The kinds of findings, with their names in a report. */
const kinds = [
  "lost",
  "doubled",
  "renumbered",
  "invented",
  "timers that never fired",
  "stale members",
  "closed",
] as const
export type Kind = (typeof kinds)[number]

/** The findings after kills: a count of each kind, and the first findings as texts. */
export class Findings {
  readonly first: string[] = []
  /** How many entries clients have received, each counted once. */
  received = 0
  private readonly counts = new Map<Kind, number>()
  private kills = 0

  get total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0)
  }

  /** From now on findings are those of the process after this many kills. */
  after(kills: number): void {
    this.kills = kills
  }

  add(kind: Kind, what: string): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1)
    if (this.first.length < 20) this.first.push(`after ${this.kills} kills, ${kind}: ${what}`)
  }

  /** All kinds with their counts, zeros included. */
  toString(): string {
    return kinds.map((kind) => `${kind} ${this.counts.get(kind) ?? 0}`).join(", ")
  }
}
