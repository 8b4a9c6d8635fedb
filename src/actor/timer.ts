import type { QueuedTimer, TimerQueue } from "./timer-queue.ts"
import type { TimerRows } from "./timer-rows.ts"

/** The part of an actor that its timers use. */
export interface TimersOwner {
  readonly path: string
  readonly queue: TimerQueue
  /** Where many timers are stored. `undefined` for an actor of a connection, which keeps all of them in its saved state. */
  readonly rows?: TimerRows | undefined
  now(): number
  onFire(timer: Timer): void
  changed(): void
}

/** The content of a timer. */
export interface TimerEntry {
  readonly key: string
  /** A function reads a message that has a row of its own. */
  readonly message: unknown
  readonly start: number
  readonly every: number | undefined
  /** Its place among the timers that its actor has started. */
  readonly order: number
  /** Whether its message is too large to be stored with others. */
  readonly isLarge: boolean
}

/** A message for later: once at `start`, or every `every` milliseconds from `start` on. */
export class Timer implements QueuedTimer {
  heapIndex = -1
  readonly path: string
  readonly key: string
  readonly start: number
  readonly every: number | undefined
  readonly order: number
  readonly isLarge: boolean
  /** Whether its message has a row of its own already. */
  isStored: boolean
  private content: unknown

  constructor(
    private readonly owner: TimersOwner,
    entry: TimerEntry,
    /** How often it has fired, with the times that were skipped because the clock was late. */
    private fired = 0,
  ) {
    this.path = owner.path
    this.key = entry.key
    this.start = entry.start
    this.every = entry.every
    this.order = entry.order
    this.isLarge = entry.isLarge
    this.content = entry.message
    this.isStored = typeof entry.message === "function"
  }

  get message(): unknown {
    return typeof this.content === "function" ? this.content() : this.content
  }

  /** Keeps its message in memory from now on. */
  readMessage(): void {
    this.content = this.message
  }

  /** `Infinity` for a single timer that has fired. */
  get due(): number {
    if (this.every !== undefined) return this.start + this.fired * this.every
    return this.fired > 0 ? Infinity : this.start
  }

  get count(): number {
    return this.fired
  }

  fire(now: number): void {
    const { owner, every } = this
    owner.queue.delete(this)
    this.fired = every === undefined ? Infinity : Math.max(this.fired, Math.floor((now - this.start) / every)) + 1
    if (every !== undefined) owner.queue.add(this)
    owner.changed()
    owner.onFire(this)
  }
}

/** How often a timer has fired if everything before `deliveredUntil` was delivered. */
export function firedUntil(deliveredUntil: number, start: number, every: number | undefined): number {
  return every === undefined ? 0 : Math.max(0, Math.floor((deliveredUntil - 1 - start) / every) + 1)
}
