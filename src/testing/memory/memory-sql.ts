import type { Disk } from "./disk.ts"
import { isRead, numbered, statementsIn } from "./statements.ts"

/** The value of a column, as the runtime returns it. */
type Value = ArrayBuffer | string | number | null

/** `ctx.storage.sql`. */
export class MemorySql {
  constructor(private readonly disk: Disk) {}

  exec(query: string, ...bindings: unknown[]): MemoryCursor {
    const { database } = this.disk
    const statements = statementsIn(query)
    const last = statements.pop() ?? ""
    const { sql, count } = numbered(last)
    if (count !== bindings.length) throw new Error("Wrong number of parameter bindings for SQL query.")
    if (!statements.every(isRead) || !isRead(last)) this.disk.change()
    for (const statement of statements) this.count(() => database.exec(statement))
    const prepared = database.prepare(sql)
    prepared.setReturnArrays?.(true)
    prepared.setReadBigInts(true)
    const names = prepared.columns().map(({ name }) => name)
    const values = bindings.map(toBinding)
    let rows: unknown[] = []
    const rowsWritten = this.count(() => {
      rows = prepared.all(...values)
    })
    return new MemoryCursor(
      names,
      rows.map((row) => (row as unknown[]).map(toValue)),
      rowsWritten,
    )
  }

  get databaseSize(): number {
    const size = "SELECT page_count * page_size AS size FROM pragma_page_count(), pragma_page_size()"
    return Number(this.disk.database.prepare(size).all()[0]?.size)
  }

  /** The number of rows of tables that `run` changes. Unlike in the runtime, the rows of indexes are not counted. */
  private count(run: () => void): number {
    const before = this.changes()
    run()
    const changed = this.changes() - before
    this.disk.cost.rowsWritten += changed
    return changed
  }

  private changes(): number {
    return Number(this.disk.database.prepare("SELECT total_changes() AS count").all()[0]?.count)
  }
}

/** The rows of a query, which can be read once. */
export class MemoryCursor implements IterableIterator<Record<string, Value>> {
  readonly rowsRead: number
  private next_ = 0

  constructor(
    readonly columnNames: string[],
    private readonly rows: Value[][],
    readonly rowsWritten: number,
  ) {
    this.rowsRead = rows.length
  }

  next(): IteratorResult<Record<string, Value>> {
    const row = this.rows[this.next_++]
    return row ? { value: this.named(row), done: false } : { value: undefined, done: true }
  }

  toArray(): Record<string, Value>[] {
    return [...this]
  }

  one(): Record<string, Value> {
    const rows = this.toArray()
    const [row] = rows
    if (row && rows.length === 1) return row
    throw new Error(
      `Expected exactly one result from SQL query, but got ${rows.length === 0 ? "no results" : "multiple results"}.`,
    )
  }

  *raw(): IterableIterator<Value[]> {
    for (let row = this.rows[this.next_++]; row; row = this.rows[this.next_++]) yield row
  }

  [Symbol.iterator](): this {
    return this
  }

  private named(row: Value[]): Record<string, Value> {
    return Object.fromEntries(this.columnNames.map((name, index) => [name, row[index] ?? null]))
  }
}

/** A value for SQLite, of the type that the runtime binds. */
function toBinding(value: unknown): unknown {
  if (typeof value === "boolean") return String(value)
  if (typeof value === "bigint") throw new TypeError("Cannot convert a BigInt value to a number")
  if (value instanceof ArrayBuffer) return new Uint8Array(value)
  return value ?? null
}

/** A value of SQLite. The runtime rounds integers that a number cannot hold. */
function toValue(value: unknown): Value {
  if (typeof value === "bigint") return Number(value)
  if (value instanceof Uint8Array) return new Uint8Array(value).buffer
  return value as Value
}
