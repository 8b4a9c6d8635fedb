import type { Clock } from "../stream/clock.ts"
import { type HeapItem, IndexedHeap } from "../stream/indexed-heap.ts"

interface Timer extends HeapItem {
  readonly key: string
  readonly due: number
  readonly fire: () => void
}

/** The alarm of a Durable Object's storage. */
export interface AlarmStorage {
  setAlarm(time: number): unknown
  deleteAlarm(): unknown
}

/**
 * Any number of timers, by key, on the one alarm of a Durable Object. The alarm is set at the end of an event. A timer that moves to
 * later does not move the alarm, because setting it costs a row. The alarm then fires early, finds nothing due, and is set again.
 */
export class AlarmClock {
  private readonly timers = new Map<string, Timer>()
  private readonly queue = new IndexedHeap<Timer>(comesBefore)
  private isFiring = false
  private isTimeFrozen = false
  private eventTime: number | undefined
  /** The time of the alarm in storage, in whole milliseconds; `Infinity` for none. */
  private alarm = Infinity
  /** Whether storage may have another alarm than `alarm`. */
  private isUncertain = false
  private delivered = Infinity
  /** The time of the author's alarm; `Infinity` for none. */
  authorAlarm = Infinity
  /** Whether the alarm is to be computed again. */
  isStale = false

  constructor(
    private readonly storage: AlarmStorage,
    private readonly time = () => Date.now(),
  ) {}

  /** Everything that was due before this time has been delivered. */
  get deliveredUntil(): number {
    return this.delivered
  }

  /** Whether a timer may be due. So short that V8 inlines it into the event of a message, which asks twice. */
  get isDue(): boolean {
    return this.delivered < Infinity && this.isAlarmOverdue()
  }

  /** Sets the time of the alarm that storage has when the object wakes up; `Infinity` for none. */
  restoreAlarm(alarm: number): void {
    this.alarm = Math.min(this.alarm, alarm)
    this.delivered = this.alarm
  }

  /** The alarm has fired, so storage has none now. */
  onAlarm(scheduledTime = Infinity): void {
    // Ignores the scheduled time of a retried alarm if a new alarm has been set since.
    const first = this.alarm === Infinity ? scheduledTime : Infinity
    this.delivered = Math.min(this.delivered, first, this.now())
    this.alarm = Infinity
    this.isStale = true
  }

  /** The author has set or deleted the alarm of storage, so it is to be set again for the timers. */
  onReplaced(): void {
    this.delivered = Math.min(this.delivered, this.alarm)
    this.alarm = Infinity
    this.isUncertain = true
    this.isStale = true
  }

  /** Milliseconds since the epoch. The same throughout an event, so that all its effects happen at one time. */
  now(): number {
    if (!this.isTimeFrozen) return this.time()
    this.eventTime ??= this.time()
    return this.eventTime
  }

  /** Keeps `now` the same from the beginning of an event (`true`) to its end (`false`). */
  freezeTime(isTimeFrozen: boolean): void {
    this.isTimeFrozen = isTimeFrozen
    this.eventTime = undefined
  }

  /** A clock with one timer, under a key. */
  for(key: string): Clock {
    return new KeyedClock(this, key)
  }

  set(key: string, due: number, fire: () => void): void {
    this.remove(key)
    const timer = { key, due, fire, heapIndex: -1 }
    this.timers.set(key, timer)
    this.queue.add(timer)
    if (due < this.alarm) this.isStale = true
  }

  /** When the timer of a key is due; `Infinity` for none. */
  dueOf(key: string): number {
    return this.timers.get(key)?.due ?? Infinity
  }

  cancel(key: string): void {
    if (this.remove(key) && this.timers.size === 0) this.isStale = true
  }

  cancelAll(): void {
    this.timers.clear()
    this.queue.clear()
    this.isStale = true
  }

  /** Timers of connections that hibernate may be obsolete, so the alarm is computed again. */
  invalidate(): void {
    this.isStale = true
  }

  /** Fires the timers that are due, the longest due first. At equal times the order is that of the keys. */
  fireDue(): void {
    if (this.isFiring) return
    this.isFiring = true
    const now = this.now()
    try {
      for (let next = this.queue.first; next && next.due <= now; next = this.queue.first) {
        this.remove(next.key)
        next.fire()
      }
    } finally {
      this.isFiring = false
      this.delivered = Infinity
      this.isStale = true
    }
  }

  /**
   * Sets the alarm to the earliest timer if the alarm is later, and deletes it if there is no timer. Call it at the end of an event.
   *
   * @param restoreTimers sets the timers of connections and actors that have not been restored since the object woke up
   */
  commit(restoreTimers: () => void = () => {}): void {
    if (!this.isStale) return
    if (this.timers.size === 0 || this.isUncertain) restoreTimers()
    this.isStale = false
    // The runtime takes whole milliseconds.
    const due = Math.max(1, Math.ceil(Math.min(this.queue.first?.due ?? Infinity, this.authorAlarm)))
    const isInTime = this.now() < this.alarm && this.alarm <= due && due < Infinity
    if (!isInTime && (due !== this.alarm || this.isUncertain)) this.move(due)
    this.delivered = this.alarm
  }

  private isAlarmOverdue(): boolean {
    return this.delivered <= this.now()
  }

  private move(alarm: number): void {
    this.alarm = alarm
    this.isUncertain = false
    if (alarm < Infinity) void this.storage.setAlarm(alarm)
    else void this.storage.deleteAlarm()
  }

  private remove(key: string): boolean {
    const timer = this.timers.get(key)
    if (!timer) return false
    this.queue.delete(timer)
    return this.timers.delete(key)
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

function comesBefore(one: Timer, other: Timer): boolean {
  return one.due < other.due || (one.due === other.due && one.key < other.key)
}
