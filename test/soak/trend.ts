const MiB = 2 ** 20
/** The garbage of a moment, in bytes: less than that is no growth. */
const garbage = 64 * MiB

interface Sample {
  readonly minutes: number
  readonly bytes: number
}

/** Samples of memory, with the line that fits all of them best. */
export class Trend {
  private readonly samples: Sample[] = []

  add(minutes: number, bytes: number): void {
    this.samples.push({ minutes, bytes })
  }

  /** Bytes a minute, by least squares over all samples. */
  get slope(): number {
    const [x, y] = [this.mean(({ minutes }) => minutes), this.mean(({ bytes }) => bytes)]
    const spread = this.mean(({ minutes }) => (minutes - x) ** 2)
    return spread > 0 ? this.mean(({ minutes, bytes }) => (minutes - x) * (bytes - y)) / spread : 0
  }

  /** The ways in which the memory was not flat; none if it was. */
  get findings(): string[] {
    const [first, last] = [this.samples[0], this.samples.at(-1)]
    if (!first || !last) return []
    const mean = this.mean(({ bytes }) => bytes)
    const growth = this.slope * (last.minutes - first.minutes)
    const findings: string[] = []
    if (growth > Math.max(mean / 10, garbage)) findings.push(`The memory grew by ${mebibytes(growth)}: ${this}`)
    if (this.greatest > Math.max(mean * 1.5, mean + garbage)) findings.push(`The memory had a peak: ${this}`)
    return findings
  }

  toString(): string {
    if (this.samples.length === 0) return "not measured"
    const least = Math.min(...this.samples.map(({ bytes }) => bytes))
    const range = `${mebibytes(least)} to ${mebibytes(this.greatest)}`
    return `${range}, slope ${mebibytes(this.slope)} a minute over ${this.samples.length} samples`
  }

  private get greatest(): number {
    return Math.max(...this.samples.map(({ bytes }) => bytes))
  }

  private mean(of: (sample: Sample) => number): number {
    return this.samples.reduce((sum, sample) => sum + of(sample), 0) / this.samples.length
  }
}

export function mebibytes(bytes: number): string {
  return `${(bytes / MiB).toFixed(1)} MiB`
}
