import type { AlarmClock } from "./alarm-clock.ts"

/** One timer for many deadlines. It fires at the earliest one. Schedule it again then for the remaining deadlines. */
export class EarliestTimer {
  constructor(
    private readonly alarms: AlarmClock,
    private readonly key: string,
    private readonly fire: () => void,
  ) {}

  /** Makes the timer fire at `due` at the latest, in milliseconds since the epoch. */
  schedule(due: number): void {
    if (due < this.alarms.dueOf(this.key)) this.alarms.set(this.key, due, this.fire)
  }

  /** Cancels the timer if there is no deadline left. */
  cancelWithout(deadlines: Iterable<unknown>): void {
    if (this.alarms.dueOf(this.key) === Infinity) return
    for (const _ of deadlines) return
    this.alarms.cancel(this.key)
  }
}
