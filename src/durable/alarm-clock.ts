import type { Clock } from "../stream/clock.ts"

interface Timer {
  due: number
  fire: () => void
}

/** The part of a Durable Object's storage that has the alarm. */
export type AlarmStorage = Pick<DurableObjectStorage, "setAlarm" | "deleteAlarm">

/**
 * Any number of timers, by key, on the one alarm of a Durable Object. A timer that was moved to later leaves the alarm where it
 * is, since setting it costs a row: it rings, finds nothing due and is set again.
 */
export class AlarmClock {
  private readonly timers = new Map<string, Timer>()
  private ringing = false
  private eventTime: number | undefined

  /** When the alarm is set to; `Infinity` for not at all. */
  private alarm = Infinity

  constructor(private readonly storage: AlarmStorage) {}

  /** Nothing that was due before this time is still to be delivered. */
  get pending(): number {
    return this.alarm
  }

  /** What the storage knows of the alarm, where the object has just woken up. */
  isSetTo(alarm: number): void {
    this.alarm = Math.min(this.alarm, alarm)
  }

  /** During an event the time at which it began: all that it does happens at one time. */
  now(): number {
    return this.eventTime ?? Date.now()
  }

  /** An event begins (`true`) or is over. */
  hold(isHeld: boolean): void {
    this.eventTime = isHeld ? Date.now() : undefined
  }

  /** A clock for whoever goes by this key, with one timer at a time. */
  for(key: string): Clock {
    const clock = this
    return {
      get pending() {
        return clock.alarm
      },
      now: () => this.now(),
      at: (due, fire) => {
        this.set(key, due, fire)
        return () => this.cancel(key)
      },
    }
  }

  set(key: string, due: number, fire: () => void): void {
    this.timers.set(key, { due, fire })
    if (!this.ringing) this.arm(due)
  }

  cancel(key: string): void {
    if (!this.timers.delete(key) || this.ringing || this.timers.size > 0) return
    this.disarm()
  }

  /** Fires what is due: the longest due first, at equal times in the order of the keys. */
  ring(): void {
    if (this.ringing) return
    this.ringing = true
    const now = this.now()
    for (let next = this.earliest(); next && next[1].due <= now; next = this.earliest()) {
      this.timers.delete(next[0])
      next[1].fire()
    }
    this.ringing = false
  }

  /** Sets the alarm to the earliest timer; to be called when the alarm has rung. */
  rearm(): void {
    this.alarm = Infinity
    const next = this.earliest()
    if (next) this.arm(next[1].due)
  }

  private arm(due: number): void {
    if (due >= this.alarm) return
    this.alarm = due
    // Alarms are set in whole milliseconds; one that rings too early finds nothing due.
    void this.storage.setAlarm(Math.max(1, Math.ceil(due)))
  }

  private disarm(): void {
    if (this.alarm === Infinity) return
    this.alarm = Infinity
    void this.storage.deleteAlarm()
  }

  private earliest(): [key: string, timer: Timer] | undefined {
    let earliest: [string, Timer] | undefined
    for (const entry of this.timers) if (!earliest || comesBefore(entry, earliest)) earliest = entry
    return earliest
  }
}

function comesBefore([key, { due }]: [string, Timer], [otherKey, other]: [string, Timer]): boolean {
  return due < other.due || (due === other.due && key < otherKey)
}
