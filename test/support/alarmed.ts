import { AlarmClock } from "../../src/durable/alarm-clock.ts"

/** An object with timers only. Records the calls of its storage, and the times of fired timers. */
export class Alarmed {
  time = 1_000
  /** The writes, in order: the time of `setAlarm`, or `null` for `deleteAlarm`. */
  readonly writes: (number | null)[] = []
  readonly fired: { key: string; due: number; at: number }[] = []
  readonly alarms: AlarmClock
  /** The time of the storage's alarm. */
  alarm: number | null = null

  constructor() {
    const write = (alarm: number | null) => {
      this.writes.push(alarm)
      this.alarm = alarm
      return Promise.resolve()
    }
    const storage = {
      setAlarm: (alarm: number | Date) => write(Number(alarm)),
      deleteAlarm: () => write(null),
    }
    this.alarms = new AlarmClock(storage, () => this.time)
  }

  /** An event as an object handles it: overdue timers first, and the alarm last. */
  event(handler: (object: Alarmed) => void = () => {}, recall?: () => void): this {
    this.alarms.freezeTime(true)
    if (this.alarms.isDue) this.alarms.fireDue()
    handler(this)
    this.alarms.commit(recall)
    this.alarms.freezeTime(false)
    return this
  }

  set(key: string, due: number, then: () => void = () => {}): void {
    this.alarms.set(key, due, () => {
      this.fired.push({ key, due, at: this.time })
      then()
    })
  }

  /** A timer that sets itself again, `count` times in all. */
  every(key: string, period: number, count = Infinity, due = this.time + period): void {
    if (count > 0) this.set(key, due, () => this.every(key, period, count - 1, due + period))
  }

  /** Advances to a time at which no alarm fires. */
  at(time: number): this {
    this.time = time
    return this
  }

  /** Fires the alarm `late` milliseconds after its time; less than 0 for too early. */
  ring(late = 0): this {
    const { alarm } = this
    if (alarm === null) return this
    this.time = Math.max(this.time, alarm + late)
    this.alarm = null
    this.alarms.onAlarm(alarm)
    return this.event()
  }

  get keys(): string {
    return this.fired.map(({ key }) => key).join("")
  }
}
