import { residentMemory } from "../bench/harness/machine.ts"
import { mebibytes, Trend } from "./trend.ts"

const KiB = 2 ** 10

/** The resident memory of a process, sampled once a second. */
export class MemoryTrend {
  private readonly trend = new Trend()
  private readonly pid: number
  private timer: NodeJS.Timeout | undefined

  constructor(pid: number) {
    this.pid = pid
  }

  /** The memory at this moment, as a text. */
  get now(): string {
    return mebibytes(this.bytes)
  }

  /** Samples from now on. */
  start(): void {
    this.timer ??= setInterval(() => this.trend.add(performance.now() / 60_000, this.bytes), 1_000)
  }

  stop(): void {
    clearInterval(this.timer)
  }

  /** The ways in which the memory was not flat; none if it was. */
  get findings(): string[] {
    return this.trend.findings
  }

  toString(): string {
    return `${this.trend}`
  }

  private get bytes(): number {
    return residentMemory(this.pid) * KiB
  }
}
