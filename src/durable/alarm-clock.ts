import type { Clock } from "../stream/clock.ts"

interface Timer {
  due: number
  fire: () => void
}

/** The part of a Durable Object's storage that has the alarm. */
export type AlarmStorage = Pick<DurableObjectStorage, "setAlarm" | "deleteAlarm">

/**
 * Any number of timers, by key, on the one alarm of a Durable Object, which is set once an event at the most. A timer that was
 * moved to later leaves the alarm where it is, since setting it costs a row: it rings, finds nothing due and is set again.
 */
export class AlarmClock {
  private readonly timers = new Map<string, Timer>()
  private ringing = false
  private isHeld = false
  private eventTime: number | undefined
  /** What the storage's alarm is set to, in whole milliseconds; `Infinity` for not at all. */
  private alarm = Infinity
  private delivered = Infinity
  /** Whether the alarm may have to be set anew. */
  isLoose = false

  constructor(
    private readonly storage: AlarmStorage,
    private readonly time = () => Date.now(),
  ) {}

  /** Nothing that was due before this time is still to be delivered. */
  get deliveredUntil(): number {
    return this.delivered
  }

  /** Whether it is time to `ring`. */
  get isDue(): boolean {
    return this.delivered < Infinity && this.delivered <= this.now()
  }

  /** What the storage knows of the alarm, where the object has just woken up. */
  isSetTo(alarm: number): void {
    this.alarm = Math.min(this.alarm, alarm)
    this.delivered = this.alarm
  }

  /** The alarm has gone off, and is not set any more. */
  hasRung(scheduledTime = Infinity): void {
    // One that goes off again though it was set anew since is late for nothing.
    const first = this.alarm === Infinity ? scheduledTime : Infinity
    this.delivered = Math.min(this.delivered, first, this.now())
    this.alarm = Infinity
  }

  /** During an event always the same: all that it does happens at one time. */
  now(): number {
    if (!this.isHeld) return this.time()
    this.eventTime ??= this.time()
    return this.eventTime
  }

  /** An event begins (`true`) or is over. */
  hold(isHeld: boolean): void {
    this.isHeld = isHeld
    this.eventTime = undefined
  }

  /** A clock for whoever goes by this key, with one timer at a time. */
  for(key: string): Clock {
    return new KeyedClock(this, key)
  }

  set(key: string, due: number, fire: () => void): void {
    this.timers.set(key, { due, fire })
    if (due < this.alarm) this.isLoose = true
  }

  cancel(key: string): void {
    if (this.timers.delete(key) && this.timers.size === 0) this.isLoose = true
  }

  /** A timer that was not heard of since the object woke up may be gone. */
  loosen(): void {
    this.isLoose = true
  }

  /** Fires what is due: the longest due first, at equal times in the order of the keys. */
  ring(): void {
    if (this.ringing) return
    this.ringing = true
    const now = this.now()
    try {
      for (let next = this.earliest(); next && next[1].due <= now; next = this.earliest()) {
        this.timers.delete(next[0])
        next[1].fire()
      }
    } finally {
      this.ringing = false
      this.delivered = Infinity
      this.isLoose = true
    }
  }

  /**
   * To be called at the end of an event: sets the alarm to the earliest timer where it would ring too late, and takes it back
   * where there is none. `recall` has to set the timers of those who were not heard of since the object woke up.
   */
  settle(recall: () => void = () => {}): void {
    if (!this.isLoose) return
    if (this.timers.size === 0) recall()
    this.isLoose = false
    // Alarms are set in whole milliseconds.
    const due = Math.max(1, Math.ceil(this.earliest()?.[1].due ?? Infinity))
    const isInTime = this.now() < this.alarm && this.alarm <= due && due < Infinity
    if (!isInTime && due !== this.alarm) this.move(due)
    this.delivered = this.alarm
  }

  private move(alarm: number): void {
    this.alarm = alarm
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
