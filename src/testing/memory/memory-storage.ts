import type { Disk } from "./disk.ts"
import { MemorySql } from "./memory-sql.ts"

type ListOptions = Pick<DurableObjectListOptions, "prefix" | "start" | "startAfter" | "end" | "reverse" | "limit">

/** `ctx.storage` of an object with SQLite. Its methods are those of a class, as in the runtime. */
export class MemoryStorage {
  readonly kv = {
    get: (key: string) => structuredClone(this.disk.rows.get(key)),
    put: (key: string, value: unknown) => this.disk.put(key, structuredClone(value)),
    delete: (key: string) => this.disk.delete(key),
    list: (options: ListOptions = {}) => listed(this.disk, options),
  }
  readonly sql: MemorySql

  constructor(private readonly disk: Disk) {
    this.sql = new MemorySql(disk)
  }

  async get(keys: string | string[]): Promise<unknown> {
    if (typeof keys === "string") return this.kv.get(keys)
    const found = keys.filter((key) => this.disk.rows.has(key))
    return new Map(found.map((key) => [key, this.kv.get(key)]))
  }

  async put(entries: string | Record<string, unknown>, value?: unknown): Promise<void> {
    const written = typeof entries === "string" ? { [entries]: value } : entries
    if (Object.values(written).includes(undefined)) throw new TypeError("put() called with undefined value.")
    for (const [key, value] of Object.entries(written)) this.kv.put(key, value)
  }

  async delete(keys: string | string[]): Promise<boolean | number> {
    if (typeof keys === "string") return this.kv.delete(keys)
    return keys.filter((key) => this.kv.delete(key)).length
  }

  async list(options?: ListOptions): Promise<Map<string, unknown>> {
    return new Map(this.kv.list(options))
  }

  async getAlarm(): Promise<number | null> {
    return this.disk.alarm
  }

  async setAlarm(time: number | Date): Promise<void> {
    const due = new Date(time).getTime()
    if (Number.isNaN(due)) throw new TypeError("The value cannot be converted because it is not a valid Date.")
    if (due <= 0) throw new TypeError("setAlarm() cannot be called with an alarm time <= 0")
    this.disk.setAlarm(due)
  }

  async deleteAlarm(): Promise<void> {
    this.disk.setAlarm(null)
  }

  async deleteAll(): Promise<void> {
    this.disk.deleteAll()
  }

  async sync(): Promise<void> {
    this.disk.flush()
  }

  transactionSync<T>(run: () => T): T {
    return this.disk.transaction(run)
  }

  async transaction<T>(run: (transaction: MemoryTransaction) => Promise<T>): Promise<T> {
    const transaction = new MemoryTransaction(this.disk)
    const { commit, rollback } = this.disk.begin()
    try {
      const result = await run(transaction)
      if (transaction.isRolledBack) rollback()
      else commit()
      return result
    } catch (error) {
      rollback()
      throw error
    }
  }
}

/** The argument of an asynchronous transaction: storage, and `rollback` for the writes of the transaction. */
export class MemoryTransaction extends MemoryStorage {
  isRolledBack = false

  rollback(): void {
    this.isRolledBack = true
  }
}

function listed(disk: Disk, { prefix = "", start, startAfter, end, reverse, limit }: ListOptions): [string, unknown][] {
  const isIn = (key: string) =>
    key.startsWith(prefix) &&
    (start === undefined || key >= start) &&
    (startAfter === undefined || key > startAfter) &&
    (end === undefined || key < end)
  const keys = [...disk.rows.keys()].filter(isIn).sort()
  if (reverse) keys.reverse()
  return keys.slice(0, limit).map((key) => [key, structuredClone(disk.rows.get(key))])
}
