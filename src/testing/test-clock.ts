import type { Clock } from "../stream/clock.ts"
import { type Duration, toMilliseconds } from "../stream/duration.ts"

interface Timer {
  due: number
  fire: () => void
}

/** As it was before any clock was installed. */
const RealDate = globalThis.Date

/** A clock that stands still until a test moves it. */
export class TestClock implements Clock {
  private timers: Timer[] = []
  /** When the first timer of an instance was due that is no more. */
  private lost = Infinity
  private installed: DateConstructor | undefined

  /** @param time where it begins, in milliseconds since the epoch; default 0 */
  constructor(private time = 0) {}

  now(): number {
    return this.time
  }

  at(due: number, fire: () => void): () => void {
    const timer = { due, fire }
    this.timers.push(timer)
    return () => this.remove(timer)
  }

  /** How many timers are set. */
  get pending(): number {
    return this.timers.length
  }

  /** When the next timer is due; `undefined` for none. */
  get nextDue(): number | undefined {
    return this.next(Infinity)?.due
  }

  /** For a run that goes on in a new instance: when the first timer is due, those of the old instance included. */
  get deliveredUntil(): number {
    return Math.min(this.lost, ...this.timers.map(({ due }) => due))
  }

  /** Runs `restart`, in which the timers of an instance are lost and set anew. */
  outlive(restart: () => void): void {
    this.lost = this.deliveredUntil
    restart()
    this.lost = Infinity
  }

  /** Moves on, and fires each timer at its own time on the way. */
  advance(duration: Duration): void {
    const end = this.time + toMilliseconds(duration)
    for (let timer = this.next(end); timer; timer = this.next(end)) {
      this.remove(timer)
      this.time = Math.max(this.time, timer.due)
      timer.fire()
    }
    this.time = end
  }

  /** Moves on without firing anything, as while a machine is late; the timers fire with the next `advance`. */
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

  /** `Date` returns the real time again, if it returns that of this clock. */
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
