/** Counts latencies by the millisecond; the last count is that of a minute and more. */
export class Histogram {
  private readonly counts = new Uint32Array(60_000)
  private total = 0

  add(milliseconds: number): void {
    const index = Math.min(Math.floor(milliseconds), this.counts.length - 1)
    this.counts[index] = (this.counts[index] ?? 0) + 1
    this.total++
  }

  /** The number of milliseconds within which this part of the latencies are, from 0 to 1. */
  percentile(part: number): number {
    let seen = 0
    const found = this.counts.findIndex((count) => {
      seen += count
      return seen >= this.total * part
    })
    return found + 1
  }

  toString(): string {
    const shown = [0.5, 0.9, 0.99, 0.999, 1].map((part) => `p${part * 100} ${this.percentile(part)} ms`)
    return `${shown.join(", ")} (${this.total} deliveries)`
  }
}
