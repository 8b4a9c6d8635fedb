import type { Timer } from "./timer.ts"
import type { QueuedTimer } from "./timer-queue.ts"

/** Some timers of an actor, which are stored in one row. In the queue it stands for them until they are read. */
export class TimerPage implements QueuedTimer {
  heapIndex = -1
  /** Before the timers that are due at the same time. */
  readonly path = ""
  /** `undefined` before the row is read. */
  timers: Map<string, Timer> | undefined
  isDirty = false

  constructor(
    readonly order: number,
    private readonly read: (page: TimerPage) => void,
    /** When the first of its timers was due when the row was written; `Infinity` for no row. */
    public due = Infinity,
  ) {}

  fire(): void {
    this.read(this)
  }
}

/** Which of `count` pages a key belongs to. A page that is added takes keys of one other page only. */
export function pageOf(key: string, seed: number, count: number): number {
  const bits = 31 - Math.clz32(count)
  const hash = hashOf(key, seed)
  const page = hash & ((2 << bits) - 1)
  return page < count ? page : hash & ((1 << bits) - 1)
}

/** The page whose keys are divided when there is another page after `count` pages. */
export function dividedPage(count: number): number {
  return count - (1 << (31 - Math.clz32(count)))
}

/** MurmurHash2 over UTF-16 units. The seed is random, so that clients which choose keys cannot fill one page. */
function hashOf(key: string, seed: number): number {
  const factor = 0x5bd1e995
  let hash = seed ^ key.length
  for (let index = 0; index < key.length; index++) {
    let unit = Math.imul(key.charCodeAt(index), factor)
    unit = Math.imul(unit ^ (unit >>> 24), factor)
    hash = Math.imul(hash, factor) ^ unit
  }
  hash = Math.imul(hash ^ (hash >>> 13), factor)
  return (hash ^ (hash >>> 15)) >>> 0
}
