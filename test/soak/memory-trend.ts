import { residentMemory } from "../bench/harness/machine.ts"

const KiB = 2 ** 10
const MiB = 2 ** 20

/** How the memory of a server goes on. */
export class MemoryTrend {
  private readonly samples: { minutes: number; bytes: number }[] = []
  private readonly pid: number

  constructor(pid: number) {
    this.pid = pid
  }

  /** What it has now, for people to read. */
  get now(): string {
    return mebibytes(this.bytes)
  }

  sample(): void {
    this.samples.push({ minutes: performance.now() / 60_000, bytes: this.bytes })
  }

  /** Bytes a minute, by least squares. */
  get slope(): number {
    const mean = (of: (sample: { minutes: number; bytes: number }) => number) =>
      this.samples.reduce((sum, sample) => sum + of(sample), 0) / this.samples.length
    const [x, y] = [mean(({ minutes }) => minutes), mean(({ bytes }) => bytes)]
    const spread = mean(({ minutes }) => (minutes - x) ** 2)
    return spread > 0 ? mean(({ minutes, bytes }) => (minutes - x) * (bytes - y)) / spread : 0
  }

  /** Flat is less than a tenth of it in the time that was measured, or 32 MiB where that is more. */
  get isFlat(): boolean {
    const [first, last] = [this.samples[0], this.samples.at(-1)]
    if (!first || !last) return true
    return this.slope * (last.minutes - first.minutes) < Math.max(first.bytes / 10, 32 * MiB)
  }

  private get bytes(): number {
    return residentMemory(this.pid) * KiB
  }

  toString(): string {
    if (this.samples.length === 0) return "not measured"
    const all = this.samples.map(({ bytes }) => bytes)
    return `${mebibytes(Math.min(...all))} to ${mebibytes(Math.max(...all))}, slope ${mebibytes(this.slope)} a minute`
  }
}

function mebibytes(bytes: number): string {
  return `${(bytes / MiB).toFixed(1)} MiB`
}
