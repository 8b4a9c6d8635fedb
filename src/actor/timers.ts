import { type Duration, toMilliseconds } from "../stream/duration.ts"
import { assertStorable } from "../stream/storable.ts"
import { encodeRefs } from "./ref-encoding.ts"

/** A message for later: once at `start`, or every `every` milliseconds from `start` on. */
export interface Timer {
  readonly key: string
  readonly message: unknown
  readonly start: number
  readonly every: number | undefined
  /** How often it has fired, with the times that were skipped because the clock was late. */
  count: number
}

/** A timer as it is saved. The count comes last, because it follows from the clock. */
export type SavedTimer = [key: string, message: unknown, start: number, every: number | undefined, count: number]

/** What timers need from their actor. */
export interface TimersOwner {
  now(): number
  onFire(timer: Timer): void
  changed(): void
}

/**
 * Messages that an actor sends itself later, each under a key. A new timer replaces the timer of the same key. The message of a
 * cancelled or replaced timer is not delivered, even if it waits in the mailbox already. Timers survive hibernation and end with the
 * actor. As Pekko's `TimerScheduler`.
 *
 * @example
 * ```ts
 * class Heart extends Actor<"beat"> {
 *   override preStart() {
 *     this.timers.startTimerAtFixedRate("heart", "beat", "1 second")
 *   }
 *   receive() {
 *     console.log("beat")
 *   }
 * }
 * ```
 */
export class Timers<M> {
  private readonly timers = new Map<string, Timer>()

  constructor(private readonly owner: TimersOwner) {}

  /**
   * Sends the actor `message` once.
   *
   * @param message a value that structured clone takes, with refs in it
   * @param delay at least 0 ms
   * @throws TypeError for a message that structured clone refuses, RangeError for a `delay` out of bounds
   */
  startSingleTimer(key: string, message: M, delay: Duration): void {
    this.add({ key, message, start: this.owner.now() + toMilliseconds(delay), every: undefined, count: 0 })
  }

  /**
   * Sends the actor `message` at every `interval`, on a fixed grid. If the clock is late, one message is sent for all overdue times.
   *
   * @param message a value that structured clone takes, with refs in it
   * @param interval at least 1 ms
   * @param initialDelay at least 0 ms. Default: one interval
   * @throws TypeError for a message that structured clone refuses, RangeError for a duration out of bounds
   */
  startTimerAtFixedRate(key: string, message: M, interval: Duration, initialDelay: Duration = interval): void {
    const every = toMilliseconds(interval, 1)
    this.add({ key, message, start: this.owner.now() + toMilliseconds(initialDelay), every, count: 0 })
  }

  /** Cancels the timer of a key, if there is one. */
  cancel(key: string): void {
    if (this.timers.delete(key)) this.owner.changed()
  }

  cancelAll(): void {
    if (this.timers.size === 0) return
    this.timers.clear()
    this.owner.changed()
  }

  /** Whether a timer of this key will fire, or has fired and its message still waits. */
  isTimerActive(key: string): boolean {
    return this.timers.has(key)
  }

  /** When the next timer fires; `Infinity` for never. */
  get due(): number {
    let due = Infinity
    for (const timer of this.timers.values()) due = Math.min(due, timeOf(timer))
    return due
  }

  /** Fires the timer that is due first, if its time has come. */
  fire(now: number): void {
    const { due } = this
    for (const timer of this.timers.values()) {
      if (timeOf(timer) > due || due > now) continue
      if (timer.every === undefined) timer.count = Infinity
      else timer.count = Math.max(timer.count, Math.floor((now - timer.start) / timer.every)) + 1
      this.owner.changed()
      this.owner.onFire(timer)
      return
    }
  }

  /** Whether the message of a fired timer is to be delivered. Removes a single timer. */
  deliver(timer: Timer): boolean {
    if (this.timers.get(timer.key) !== timer) return false
    if (timer.every === undefined) this.timers.delete(timer.key)
    return true
  }

  save(): SavedTimer[] {
    return [...this.timers.values()].map(({ key, message, start, every, count }) => [key, message, start, every, count])
  }

  /** Skips the times before `deliveredUntil`: they were delivered after the timers were saved. */
  restore(saved: readonly SavedTimer[], deliveredUntil: number): void {
    for (const [key, message, start, every, savedCount] of saved) {
      const reached = every === undefined ? 0 : Math.floor((deliveredUntil - 1 - start) / every) + 1
      this.timers.set(key, { key, message, start, every, count: Math.max(savedCount, reached) })
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
