import { type Duration, toMilliseconds } from "../stream/duration.ts"
import { assertStorable } from "../stream/storable.ts"
import { encodeRefs } from "./ref-encoding.ts"
import type { QueuedTimer, TimerQueue } from "./timer-queue.ts"

/** A message for later: once at `start`, or every `every` milliseconds from `start` on. */
export class Timer implements QueuedTimer {
  readonly path: string
  /** How often it has fired, with the times that were skipped because the clock was late. */
  private fired: number

  constructor(
    private readonly owner: TimersOwner,
    readonly key: string,
    readonly message: unknown,
    readonly start: number,
    readonly every: number | undefined,
    readonly order: number,
    fired = 0,
  ) {
    this.path = owner.path
    this.fired = fired
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

/** A timer as it is saved. The count comes last, because it follows from the clock. */
export type SavedTimer = [key: string, message: unknown, start: number, every: number | undefined, count: number]

/** What timers need from their actor. */
export interface TimersOwner {
  readonly path: string
  readonly queue: TimerQueue
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
  /** How many timers were started. */
  private started = 0

  constructor(private readonly owner: TimersOwner) {}

  /**
   * Sends the actor `message` once.
   *
   * @param message a value that structured clone takes, with refs in it
   * @param delay at least 0 ms
   * @throws TypeError for a message that structured clone refuses, RangeError for a `delay` out of bounds
   */
  startSingleTimer(key: string, message: M, delay: Duration): void {
    this.start(key, message, this.owner.now() + toMilliseconds(delay), undefined)
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
    this.start(key, message, this.owner.now() + toMilliseconds(initialDelay), every)
  }

  /** Cancels the timer of a key, if there is one. */
  cancel(key: string): void {
    if (this.remove(key)) this.owner.changed()
  }

  cancelAll(): void {
    if (this.timers.size === 0) return
    for (const timer of this.timers.values()) this.owner.queue.delete(timer)
    this.timers.clear()
    this.owner.changed()
  }

  /** Whether a timer of this key will fire, or has fired and its message still waits. */
  isTimerActive(key: string): boolean {
    return this.timers.has(key)
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
      this.add(key, message, start, every, Math.max(savedCount, reached))
    }
  }

  private start(key: string, message: M, start: number, every: number | undefined): void {
    assertStorable(encodeRefs(message), `The message of the timer "${key}"`, "message")
    this.remove(key)
    this.add(key, message, start, every)
    this.owner.changed()
  }

  private add(key: string, message: unknown, start: number, every: number | undefined, count = 0): void {
    const timer = new Timer(this.owner, key, message, start, every, ++this.started, count)
    this.timers.set(key, timer)
    if (timer.due < Infinity) this.owner.queue.add(timer)
  }

  private remove(key: string): boolean {
    const timer = this.timers.get(key)
    if (timer) this.owner.queue.delete(timer)
    return this.timers.delete(key)
  }
}
