import type { TestClock } from "../test-clock.ts"
import { type Database, nodeModule, type Sqlite } from "./node.ts"
import { OutputGate } from "./output-gate.ts"

/** The billed operations of an object. */
export interface Cost {
  /** Rows that storage has written or deleted, in `kv` and in SQL. A `MemoryObject` does not count the rows of indexes. */
  rowsWritten: number
  /** How often the alarm was set. Each time is billed as a row. */
  alarms: number
}

/** The storage that outlives the instances of an object: its rows, its tables and its alarm. */
export class Disk {
  readonly rows = new Map<string, unknown>()
  readonly gate = new OutputGate()
  /** The keys that were written, and `alarm` for the alarm, in order. */
  readonly writes: string[] = []
  cost: Cost = { rowsWritten: 0, alarms: 0 }
  /** Whether the disk has no room for the row of a key. */
  isFull: (key: string) => boolean = () => false
  private opened: Database | undefined
  private undo: (() => void)[] = []
  private depth = 0
  private cancelAlarm = () => {}
  private alarmTime: number | null = null

  constructor(
    private readonly clock: TestClock,
    private readonly onAlarm: (scheduledTime: number) => void,
  ) {}

  get alarm(): number | null {
    return this.alarmTime
  }

  /** The database of the tables, which is opened at the first use. */
  get database(): Database {
    if (!this.opened) {
      const { DatabaseSync } = nodeModule<Sqlite>(
        "node:sqlite",
        "SQL in a MemoryObject needs node:sqlite, which Node has from 22.5 on (22.5 to 22.12 with --experimental-sqlite)",
      )
      this.opened = new DatabaseSync(":memory:")
      // The pending writes began without a database.
      if (this.gate.isShut) this.opened.exec("SAVEPOINT event")
      for (let depth = 1; depth <= this.depth; depth++) this.opened.exec(`SAVEPOINT transaction${depth}`)
    }
    return this.opened
  }

  put(key: string, value: unknown): void {
    if (this.isFull(key)) throw new Error("database or disk is full: SQLITE_FULL")
    this.change()
    const before = this.rows.has(key) ? { value: this.rows.get(key) } : undefined
    this.undo.push(() => (before ? this.rows.set(key, before.value) : this.rows.delete(key)))
    this.rows.set(key, value)
    this.writes.push(key)
    this.cost.rowsWritten++
  }

  delete(key: string): boolean {
    if (!this.rows.has(key)) return false
    this.change()
    const value = this.rows.get(key)
    this.undo.push(() => this.rows.set(key, value))
    this.cost.rowsWritten++
    return this.rows.delete(key)
  }

  setAlarm(time: number | null): void {
    this.change()
    const before = this.alarmTime
    this.undo.push(() => this.plan(before))
    this.plan(time)
    this.writes.push("alarm")
    if (time !== null) this.cost.alarms++
  }

  /** Removes the alarm, because it fires. */
  takeAlarm(): void {
    this.plan(null)
  }

  /** Deletes the alarm, too, as the runtime does since the compatibility date 2026-02-24. */
  deleteAll(): void {
    if (this.alarmTime !== null) this.setAlarm(null)
    for (const key of [...this.rows.keys()]) this.delete(key)
    if (!this.opened) return
    const names = this.opened.prepare(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    )
    this.change()
    for (const { name } of names.all()) this.opened.exec(`DROP TABLE "${name}"`)
  }

  /** Called before a write. All writes of the code that runs now become durable together, when it has ended, or not at all. */
  change(): void {
    if (this.gate.isShut) return
    this.opened?.exec("SAVEPOINT event")
    this.gate.shut()
    queueMicrotask(() => this.flush())
  }

  /** Makes the writes durable, unless a transaction is in progress. */
  flush(): void {
    if (!this.gate.isShut || this.depth > 0) return
    this.undo = []
    this.opened?.exec("RELEASE event")
    this.gate.open()
  }

  /** Rolls back the writes that are not durable, because the instance was aborted. */
  abort(): void {
    if (this.gate.isShut) {
      this.rollBackTo(0)
      this.opened?.exec("ROLLBACK TO event; RELEASE event")
    }
    this.depth = 0
    this.gate.discard()
  }

  /** Runs a transaction, which may be nested in another one. If it throws, its writes are rolled back. */
  transaction<T>(run: () => T): T {
    const { commit, rollback } = this.begin()
    try {
      const result = run()
      commit()
      return result
    } catch (error) {
      rollback()
      throw error
    }
  }

  begin(): { commit(): void; rollback(): void } {
    this.change()
    const name = `transaction${++this.depth}`
    const { length } = this.undo
    this.opened?.exec(`SAVEPOINT ${name}`)
    const end = () => {
      this.depth--
      queueMicrotask(() => this.flush())
    }
    return {
      commit: () => {
        end()
        this.opened?.exec(`RELEASE ${name}`)
      },
      rollback: () => {
        end()
        this.rollBackTo(length)
        this.opened?.exec(`ROLLBACK TO ${name}; RELEASE ${name}`)
      },
    }
  }

  private rollBackTo(length: number): void {
    for (const undo of this.undo.splice(length).reverse()) undo()
  }

  private plan(time: number | null): void {
    this.cancelAlarm()
    this.alarmTime = time
    this.cancelAlarm = time === null ? () => {} : this.clock.at(time, () => this.onAlarm(time))
  }
}
