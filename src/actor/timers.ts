import { type Duration, toMilliseconds } from "../stream/duration.ts"
import { assertStorable } from "../stream/storable.ts"
import { encodeRefs } from "./ref-encoding.ts"

/** A message for later: once, or at each `every` milliseconds from `start` on. */
export interface Timer {
  readonly key: string
  readonly message: unknown
  readonly start: number
  readonly every: number | undefined
  /** How often it has rung, or would have if nobody had been late. */
  count: number
}

/** What is kept of a timer; the count comes last, since it follows from the clock. */
export type SavedTimer = [key: string, message: unknown, start: number, every: number | undefined, count: number]

/** What timers need from their actor. */
export interface TimersOwner {
  now(): number
  rung(timer: Timer): void
  changed(): void
}

/**
 * Messages that an actor tells itself later, each by a key: a new timer replaces the old one of its key, and a message whose
 * timer was cancelled or replaced is not delivered any more. They sleep with the actor and go when it stops.
 */
export class Timers<M> {
  private readonly timers = new Map<string, Timer>()

  constructor(private readonly owner: TimersOwner) {}

  /** Tells the actor `message` once, after `delay`. */
  startSingleTimer(key: string, message: M, delay: Duration): void {
    this.add({ key, message, start: this.owner.now() + toMilliseconds(delay), every: undefined, count: 0 })
  }

  /**
   * Tells the actor `message` every `interval` (at least 1 ms), on a fixed grid that begins after `initialDelay`, by default after
   * one interval. However late the clock is, one message comes for all that are overdue.
   */
  startTimerAtFixedRate(key: string, message: M, interval: Duration, initialDelay: Duration = interval): void {
    const every = toMilliseconds(interval, 1)
    this.add({ key, message, start: this.owner.now() + toMilliseconds(initialDelay), every, count: 0 })
  }

  cancel(key: string): void {
    if (this.timers.delete(key)) this.owner.changed()
  }

  cancelAll(): void {
    if (this.timers.size === 0) return
    this.timers.clear()
    this.owner.changed()
  }

  isTimerActive(key: string): boolean {
    return this.timers.has(key)
  }

  /** When the next one rings; `Infinity` for never. */
  get due(): number {
    let due = Infinity
    for (const timer of this.timers.values()) due = Math.min(due, timeOf(timer))
    return due
  }

  /** Lets the one ring that is due first. */
  ring(now: number): void {
    const { due } = this
    for (const timer of this.timers.values()) {
      if (timeOf(timer) > due || due > now) continue
      if (timer.every === undefined) timer.count = Infinity
      else timer.count = Math.max(timer.count, Math.floor((now - timer.start) / timer.every)) + 1
      this.owner.changed()
      this.owner.rung(timer)
      return
    }
  }

  /** Whether a message that has rung is still wanted; a single timer is over with it. */
  deliver(timer: Timer): boolean {
    if (this.timers.get(timer.key) !== timer) return false
    if (timer.every === undefined) this.timers.delete(timer.key)
    return true
  }

  save(): SavedTimer[] {
    return [...this.timers.values()].map(({ key, message, start, every, count }) => [key, message, start, every, count])
  }

  /** What was saved may be older than the message that was delivered last: nothing before `deliveredUntil` is left to do. */
  restore(saved: readonly SavedTimer[], deliveredUntil: number): void {
    for (const [key, message, start, every, saidCount] of saved) {
      const reached = every === undefined ? 0 : Math.floor((deliveredUntil - 1 - start) / every) + 1
      this.timers.set(key, { key, message, start, every, count: Math.max(saidCount, reached) })
    }
  }

  private add(timer: Timer): void {
    assertStorable(encodeRefs(timer.message), `The message of the timer "${timer.key}"`, "message")
    this.timers.delete(timer.key)
    this.timers.set(timer.key, timer)
    this.owner.changed()
  }
}

function timeOf({ start, every, count }: Timer): number {
  return every === undefined ? start + (count && Infinity) : start + count * every
}
