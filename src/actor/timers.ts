import { type Duration, toMilliseconds } from "../stream/duration.ts"
import { assertStorable } from "../stream/storable.ts"
import { encodeRefs } from "./ref-encoding.ts"
import { firedUntil, Timer, type TimersOwner } from "./timer.ts"
import { isSmall } from "./timer-size.ts"
import { type SavedPages, type SavedTimer, TimerTable } from "./timer-table.ts"

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
  private readonly table: TimerTable

  constructor(private readonly owner: TimersOwner) {
    this.table = new TimerTable(owner)
  }

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

  /** Cancels all timers. */
  cancelAll(): void {
    if (this.table.size === 0) return
    this.table.clear()
    this.owner.changed()
  }

  /** Whether a timer of this key will fire, or has fired and its message still waits. */
  isTimerActive(key: string): boolean {
    return this.table.get(key) !== undefined
  }

  /** Whether the message of a fired timer is to be delivered. Removes a single timer. */
  deliver(timer: Timer): boolean {
    if (this.table.get(timer.key) !== timer) return false
    if (timer.every === undefined) this.table.delete(timer)
    return true
  }

  /** Reads all rows. */
  read(): void {
    this.table.read()
  }

  /** Storage has been emptied, so all rows are written again. */
  rewrite(): void {
    this.table.rewrite()
  }

  /** The actor starts again from its saved state in this event, in which timers have fired. */
  writeFired(): void {
    this.table.writeFired()
  }

  save(): { timers?: readonly SavedTimer[]; timerPages?: SavedPages } {
    return this.table.save()
  }

  /** Skips the times before `deliveredUntil`: they were delivered after the timers were saved. */
  restore({ timers = [], timerPages }: ReturnType<Timers<M>["save"]>, deliveredUntil: number): void {
    if (timerPages) this.table.restore(timerPages, deliveredUntil)
    for (const [key, message, start, every, count] of timers) {
      this.add(key, message, start, every, Math.max(count, firedUntil(deliveredUntil, start, every)))
    }
  }

  private start(key: string, message: M, start: number, every: number | undefined): void {
    assertStorable(encodeRefs(message), `The message of the timer "${key}"`, "message")
    this.remove(key)
    this.add(key, message, start, every)
    this.owner.changed()
  }

  private add(key: string, message: unknown, start: number, every: number | undefined, fired = 0): void {
    const isLarge = this.owner.rows !== undefined && !isSmall(encodeRefs(message))
    const order = ++this.table.started
    this.table.add(new Timer(this.owner, { key, message, start, every, order, isLarge }, fired))
  }

  private remove(key: string): boolean {
    const timer = this.table.get(key)
    if (timer) this.table.delete(timer)
    return timer !== undefined
  }
}
