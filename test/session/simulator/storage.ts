/** What an event has written, and what the output gate holds until that is durable. */
interface Transaction {
  readonly writes: [key: string, value: string | undefined][]
  readonly sends: (() => void)[]
  /** Runs when the writes are durable, before anything is sent. */
  readonly onDurable: () => void
}

/** The storage of an object with its output gate: transactions become durable in order, and then their frames go out. */
export class Storage {
  /** What survives a kill. */
  private rows = new Map<string, string>()
  /** What the object reads: with the writes that are not durable yet. */
  private view = new Map<string, string>()
  private pending: Transaction[] = []
  private current: Transaction | undefined

  constructor(private readonly mark: () => () => void) {}

  get(key: string): string | undefined {
    return this.view.get(key)
  }

  /** The keys that begin so, in the order in which they were written first. */
  keys(prefix: string): string[] {
    return [...this.view.keys()].filter((key) => key.startsWith(prefix))
  }

  put(key: string, value: string | undefined): void {
    if (value === undefined) this.view.delete(key)
    else this.view.set(key, value)
    this.current?.writes.push([key, value])
  }

  /** Sends when everything is durable that this event has written. */
  send(send: () => void): void {
    this.current?.sends.push(send)
  }

  /** One event of the object, which is one transaction. */
  transaction(run: () => void): void {
    this.current = { writes: [], sends: [], onDurable: () => {} }
    run()
    this.split()
    this.current = undefined
  }

  /** Ends the transaction and begins another. */
  split(): void {
    const { writes, sends } = this.current ?? { writes: [], sends: [] }
    this.pending.push({ writes, sends, onDurable: this.mark() })
    // With nothing to wait for, frames go at once.
    if (this.pending.length === 1 && writes.length === 0) this.commit()
    this.current = { writes: [], sends: [], onDurable: () => {} }
  }

  /** The oldest transaction becomes durable, and its frames go out, unless the object is killed in between. */
  commit(releases = true): boolean {
    const next = this.pending.shift()
    if (!next) return false
    for (const [key, value] of next.writes) {
      if (value === undefined) this.rows.delete(key)
      else this.rows.set(key, value)
    }
    next.onDurable()
    if (releases) for (const send of next.sends) send()
    return true
  }

  commitAll(): void {
    while (this.commit());
  }

  /** The object is killed after so many transactions more have become durable, of which no frame went out. */
  kill(durable: number): void {
    for (let count = 0; count < durable; count++) this.commit(false)
    this.pending = []
    this.view = new Map(this.rows)
  }
}
