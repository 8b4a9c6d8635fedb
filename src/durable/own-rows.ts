import type { Transactions } from "./transactions.ts"

/**
 * Storage for rows that are no part of an author's transaction: those of actors and shared sources, whose memory a rollback leaves as it
 * is. A graph that ends during a transaction changes its row at once, so this change is made again after a rollback.
 */
export class OwnRows implements SyncKvStorage {
  /** The changes of the open transaction by key, with `undefined` for a deleted row. */
  private readonly changes = new Map<string, { row: unknown } | undefined>()
  /** The number of their transaction. */
  private transaction = 0

  constructor(
    private readonly kv: SyncKvStorage,
    private readonly transactions: Pick<Transactions, "isOpen" | "number">,
  ) {}

  get<T>(key: string): T | undefined {
    return this.kv.get<T>(key)
  }

  list<T>(options?: SyncKvListOptions): Iterable<[string, T]> {
    return this.kv.list<T>(options)
  }

  put<T>(key: string, row: T): void {
    this.kv.put(key, row)
    if (this.transactions.isOpen) this.record(key, { row: structuredClone(row) })
  }

  delete(key: string): boolean {
    if (this.transactions.isOpen) this.record(key, undefined)
    return this.kv.delete(key)
  }

  /** Makes the changes of the open transaction again, because it or one within it was rolled back. */
  redo(): void {
    if (this.transaction !== this.transactions.number) return
    for (const [key, change] of this.changes) {
      if (change) this.kv.put(key, change.row)
      else this.kv.delete(key)
    }
  }

  private record(key: string, change: { row: unknown } | undefined): void {
    const { number } = this.transactions
    if (this.transaction !== number) this.changes.clear()
    this.transaction = number
    this.changes.set(key, change)
  }
}
