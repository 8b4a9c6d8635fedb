import type { Clock } from "../stream/clock.ts"
import { type Duration, toMilliseconds } from "../stream/duration.ts"

interface Timer {
  due: number
  fire: () => void
}

/** The `Date` of the runtime, before any clock was installed. */
const RealDate = globalThis.Date

/** A clock that stands still until a test advances it. */
export class TestClock implements Clock {
  private timers: Timer[] = []
  /** The due time of the first timer that was lost with its instance; `Infinity` for none. */
  private lost = Infinity
  private installed: DateConstructor | undefined

  /** @param time the time at the start, in milliseconds since the epoch; default 0 */
  constructor(private time = 0) {}

  now(): number {
    return this.time
  }

  at(due: number, fire: () => void): () => void {
    const timer = { due, fire }
    this.timers.push(timer)
    return () => this.remove(timer)
  }

  /** The number of timers that are set. */
  get pending(): number {
    return this.timers.length
  }

  /** The due time of the next timer, in milliseconds since the epoch; `undefined` for none. */
  get nextDue(): number | undefined {
    return this.next(Infinity)?.due
  }

  /** For a run that continues in a new instance: the due time of the first timer, those of the old instance included. */
  get deliveredUntil(): number {
    return Math.min(this.lost, ...this.timers.map(({ due }) => due))
  }

  /** Runs `restart`, in which the timers of an instance are lost and set anew. */
  outlive(restart: () => void): void {
    this.lost = this.deliveredUntil
    restart()
    this.lost = Infinity
  }

  /** Advances the time, and fires each timer at its due time. */
  advance(duration: Duration): void {
    const end = this.time + toMilliseconds(duration)
    for (let timer = this.next(end); timer; timer = this.next(end)) {
      this.remove(timer)
      this.time = Math.max(this.time, timer.due)
      timer.fire()
    }
    // A timer may have advanced the clock itself.
    this.time = Math.max(this.time, end)
  }

  /** Advances the time without firing timers, as on a machine that is late. The timers fire with the next `advance`. */
  stall(duration: Duration): void {
    this.time += toMilliseconds(duration)
  }

  /** From now on `Date` returns the time of this clock, until `uninstall` or until another clock is installed. */
  install(): this {
    const now = () => this.time
    this.installed = new Proxy(RealDate, {
      construct: (type, args, newTarget) => Reflect.construct(type, args.length === 0 ? [now()] : args, newTarget),
      apply: () => new RealDate(now()).toString(),
      get: (type, key) => (key === "now" ? now : Reflect.get(type, key)),
    })
    globalThis.Date = this.installed
    return this
  }

  /** Restores the real `Date`, if this clock is the installed one. */
  uninstall(): void {
    if (globalThis.Date === this.installed) globalThis.Date = RealDate
  }

  private next(end: number): Timer | undefined {
    return this.timers.filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0]
  }

  private remove(timer: Timer): void {
    this.timers = this.timers.filter((other) => other !== timer)
  }
}
