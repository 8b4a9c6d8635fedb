import { log } from "../stream/logger.ts"
import type { AlarmClock } from "./alarm-clock.ts"
import { isReadable, layout } from "./layout.ts"

const key = "sluice:alarm"

/** The alarm that an author has set for the object. It shares the object's one alarm with the timers of flows. */
export class AuthorAlarm {
  private isStored = false

  constructor(
    private readonly kv: SyncKvStorage,
    private readonly alarms: AlarmClock,
  ) {}

  /** Reads what is stored. */
  restore(): void {
    const row: unknown = this.kv.get(key)
    this.isStored = row !== undefined
    const isKnown = isReadable(row) && typeof row[1] === "number"
    this.alarms.authorAlarm = isKnown ? Number(row[1]) : Infinity
    if (this.isStored && !isKnown) log({ level: "error", event: "alarm unreadable", name: key })
  }

  /** The author sets the alarm, or deletes it (`Infinity`). */
  set(time: number): void {
    this.alarms.authorAlarm = time
    this.store()
  }

  /** The runtime calls the alarm handler, the author's included. */
  onAlarm(): void {
    if (this.alarms.authorAlarm > this.alarms.now()) return
    this.set(Infinity)
  }

  private store(): void {
    const { authorAlarm } = this.alarms
    if (authorAlarm < Infinity) this.kv.put(key, [layout, authorAlarm])
    else if (this.isStored) this.kv.delete(key)
    this.isStored = authorAlarm < Infinity
  }
}
