import type { AlarmClock } from "./alarm-clock.ts"
import type { AuthorAlarm } from "./author-alarm.ts"
import type { StorageHost } from "./author-storage.ts"
import type { Transactions } from "./transactions.ts"

/** The parts of an object that depend on its storage. */
export interface StoredObject {
  readonly alarms: AlarmClock
  readonly authorAlarm: AuthorAlarm
  readonly transactions: Transactions
  readonly rows: { redo(): void }
  readonly actors: { readTimers(): void; rewrite(): void }
  readonly hubs: { beforeDeleteAll(): void; restart(): void }
  readonly sources: { rewrite(): void }
  readonly sockets: { restoreSpilled(): void; rewriteSpilled(): void }
  event<T>(handler: () => T): T
  restoreTimers(): void
  /** The author may have changed storage. */
  storageChanged(): void
  cellChanged(): void
}

/** Handles the author's use of `ctx.storage`, as events of the object. */
export class StorageEvents implements StorageHost {
  constructor(private readonly object: StoredObject) {}

  transactionSync<T>(run: () => T): T {
    const { rows, transactions } = this.object
    const transaction = () => {
      try {
        return run()
      } catch (error) {
        rows.redo()
        this.onRollback()
        throw error
      }
    }
    return this.object.event(() => transactions.run(transaction))
  }

  beginTransaction(): number {
    return this.object.transactions.begin()
  }

  endTransaction(begun: number, isCommitted: boolean): void {
    // Before the timers of this event, because a row that was deleted may have some.
    if (!isCommitted) this.object.rows.redo()
    this.object.event(() => {
      if (!isCommitted) this.onRollback()
      this.object.transactions.end(begun, isCommitted)
    })
  }

  /** Restores everything that has stored state, so that it goes on running and is written again afterwards. */
  beforeDeleteAll(): void {
    this.object.event(() => {
      this.object.restoreTimers()
      this.object.actors.readTimers()
      this.object.sockets.restoreSpilled()
      this.object.hubs.beforeDeleteAll()
    })
  }

  afterDeleteAll(): void {
    const { alarms, authorAlarm, actors, hubs, sources, sockets } = this.object
    this.object.event(() => {
      hubs.restart()
      this.object.storageChanged()
      authorAlarm.set(Infinity)
      alarms.onReplaced()
      actors.rewrite()
      sources.rewrite()
      sockets.rewriteSpilled()
      this.object.cellChanged()
    })
  }

  alarmChanged(time: number): void {
    this.object.event(() => {
      this.object.alarms.onReplaced()
      this.object.authorAlarm.set(time)
    })
  }

  /** Cells and the alarm have the values from before the transaction. */
  private onRollback(): void {
    this.object.storageChanged()
    this.object.cellChanged()
    this.object.authorAlarm.restore()
    this.object.alarms.onReplaced()
  }
}
