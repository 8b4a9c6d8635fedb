import type { Clock } from "../stream/clock.ts"

interface Timer {
  due: number
  fire: () => void
}

/** The alarm of a Durable Object's storage. */
export interface AlarmStorage {
  setAlarm(time: number): unknown
  deleteAlarm(): unknown
}

/**
 * Any number of timers, by key, on the one alarm of a Durable Object, which is set once an event at most. A timer that was
 * moved to later leaves the alarm where it is, since setting it costs a row: the alarm then finds nothing due and is set again.
 */
export class AlarmClock {
  private readonly timers = new Map<string, Timer>()
  private isRinging = false
  private isTimeFrozen = false
  private eventTime: number | undefined
  /** The time of the storage's alarm, in whole milliseconds; `Infinity` for none. */
  private alarm = Infinity
  /** Whether storage may have an alarm that `alarm` does not know of. */
  private isUncertain = false
  private delivered = Infinity
  /** The alarm that the author has set for the object; `Infinity` for none. */
  authorAlarm = Infinity
  /** Whether the alarm may have to be set anew. */
  isStale = false

  constructor(
    private readonly storage: AlarmStorage,
    private readonly time = () => Date.now(),
  ) {}

  /** Nothing that was due before this time is still to be delivered. */
  get deliveredUntil(): number {
    return this.delivered
  }

  /** Whether a timer may be due. */
  get isDue(): boolean {
    return this.delivered < Infinity && this.delivered <= this.now()
  }

  /** The alarm that storage has when the object wakes up. */
  restoreAlarm(alarm: number): void {
    this.alarm = Math.min(this.alarm, alarm)
    this.delivered = this.alarm
  }

  /** The alarm has fired, and storage has none now. */
  onAlarm(scheduledTime = Infinity): void {
    // A retried alarm has an old scheduled time, which a new alarm has replaced.
    const first = this.alarm === Infinity ? scheduledTime : Infinity
    this.delivered = Math.min(this.delivered, first, this.now())
    this.alarm = Infinity
    this.isStale = true
  }

  /** The author has set or deleted the alarm of storage: the timers need it again. */
  onOverruled(): void {
    this.delivered = Math.min(this.delivered, this.alarm)
    this.alarm = Infinity
    this.isUncertain = true
    this.isStale = true
  }

  /** The same throughout an event, so that all its effects happen at one time. */
  now(): number {
    if (!this.isTimeFrozen) return this.time()
    this.eventTime ??= this.time()
    return this.eventTime
  }

  /** An event begins (`true`) or ends. */
  freezeTime(isTimeFrozen: boolean): void {
    this.isTimeFrozen = isTimeFrozen
    this.eventTime = undefined
  }

  /** A clock with one timer, under this key. */
  for(key: string): Clock {
    return new KeyedClock(this, key)
  }

  set(key: string, due: number, fire: () => void): void {
    this.timers.set(key, { due, fire })
    if (due < this.alarm) this.isStale = true
  }

  cancel(key: string): void {
    if (this.timers.delete(key) && this.timers.size === 0) this.isStale = true
  }

  cancelAll(): void {
    this.timers.clear()
    this.isStale = true
  }

  /** Timers of connections that still hibernate may be obsolete, so the alarm is computed again. */
  invalidate(): void {
    this.isStale = true
  }

  /** Fires what is due: the longest due first, at equal times in the order of the keys. */
  ring(): void {
    if (this.isRinging) return
    this.isRinging = true
    const now = this.now()
    try {
      for (let next = this.earliest(); next && next[1].due <= now; next = this.earliest()) {
        this.timers.delete(next[0])
        next[1].fire()
      }
    } finally {
      this.isRinging = false
      this.delivered = Infinity
      this.isStale = true
    }
  }

  /**
   * At the end of an event: sets the alarm to the earliest timer where it would fire too late, and deletes it where there is no
   * timer. `restoreTimers` sets the timers of connections and actors that have not been restored since the object woke up.
   */
  commit(restoreTimers: () => void = () => {}): void {
    if (!this.isStale) return
    if (this.timers.size === 0 || this.isUncertain) restoreTimers()
    this.isStale = false
    // Alarms are set in whole milliseconds.
    const due = Math.max(1, Math.ceil(Math.min(this.earliest()?.[1].due ?? Infinity, this.authorAlarm)))
    const isInTime = this.now() < this.alarm && this.alarm <= due && due < Infinity
    if (!isInTime && (due !== this.alarm || this.isUncertain)) this.move(due)
    this.delivered = this.alarm
  }

  private move(alarm: number): void {
    this.alarm = alarm
    this.isUncertain = false
    if (alarm < Infinity) void this.storage.setAlarm(alarm)
    else void this.storage.deleteAlarm()
  }

  private earliest(): [key: string, timer: Timer] | undefined {
    let earliest: [string, Timer] | undefined
    for (const entry of this.timers) if (!earliest || comesBefore(entry, earliest)) earliest = entry
    return earliest
  }
}

class KeyedClock implements Clock {
  constructor(
    private readonly alarms: AlarmClock,
    private readonly key: string,
  ) {}

  get deliveredUntil(): number {
    return this.alarms.deliveredUntil
  }

  now(): number {
    return this.alarms.now()
  }

  at(due: number, fire: () => void): () => void {
    this.alarms.set(this.key, due, fire)
    return () => this.alarms.cancel(this.key)
  }
}

function comesBefore([key, { due }]: [string, Timer], [otherKey, other]: [string, Timer]): boolean {
  return due < other.due || (due === other.due && key < otherKey)
}
