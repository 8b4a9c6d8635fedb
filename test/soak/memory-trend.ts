import { residentMemory } from "../bench/harness/machine.ts"

const KiB = 2 ** 10
const MiB = 2 ** 20
/** The garbage of a moment, in bytes: less than that is no growth. */
const garbage = 64 * MiB

/** The resident memory of a process, sampled once a second, with the line that fits all samples best. */
export class MemoryTrend {
  private readonly samples: { minutes: number; bytes: number }[] = []
  private readonly pid: number
  private timer: NodeJS.Timeout | undefined

  constructor(pid: number) {
    this.pid = pid
  }

  /** The memory at this moment, in words. */
  get now(): string {
    return mebibytes(this.bytes)
  }

  /** Samples from now on. */
  start(): void {
    this.timer ??= setInterval(() => this.sample(), 1_000)
  }

  stop(): void {
    clearInterval(this.timer)
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

  private sample(): void {
    this.samples.push({ minutes: performance.now() / 60_000, bytes: this.bytes })
  }

  private get greatest(): number {
    return Math.max(...this.samples.map(({ bytes }) => bytes))
  }

  private mean(of: (sample: { minutes: number; bytes: number }) => number): number {
    return this.samples.reduce((sum, sample) => sum + of(sample), 0) / this.samples.length
  }

  private get bytes(): number {
    return residentMemory(this.pid) * KiB
  }
}

function mebibytes(bytes: number): string {
  return `${(bytes / MiB).toFixed(1)} MiB`
}
