import type { Logger } from "../stream/logger.ts"
import type { AlarmClock } from "./alarm-clock.ts"
import { contentOf, layout } from "./layout.ts"

const key = "sluice:alarm"

/** The alarm that an author has set. It shares the object's one alarm with the timers of flows, so its time has a row. */
export class AuthorAlarm {
  private isStored = false

  constructor(
    private readonly kv: SyncKvStorage,
    private readonly alarms: AlarmClock,
    private readonly log: Logger,
  ) {}

  /** Reads the row. */
  restore(): void {
    const row: unknown = this.kv.get(key)
    this.isStored = row !== undefined
    const [time] = contentOf(row) ?? []
    this.alarms.authorAlarm = typeof time === "number" ? time : Infinity
    if (this.isStored && typeof time !== "number") this.log({ level: "error", event: "alarm unreadable", name: key })
  }

  /** The author sets the alarm, or deletes it (`Infinity`). */
  set(time: number): void {
    this.alarms.authorAlarm = time
    this.store()
  }

  /** The runtime calls the alarm handler. Removes the author's alarm if it is due, because the author's handler runs now. */
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
