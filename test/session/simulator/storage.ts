/** The writes of an event, and the frames that the output gate holds until they are durable. */
interface Transaction {
  readonly writes: [key: string, value: string | undefined][]
  readonly sends: (() => void)[]
  /** Runs when the writes are durable, before anything is sent. */
  readonly onDurable: () => void
}

/** The storage of an object with its output gate: transactions become durable in order, and then their frames are sent. */
export class Storage {
  /** The durable rows, which survive a kill. */
  private rows = new Map<string, string>()
  /** The rows as the object reads them, with writes that are not durable yet. */
  private view = new Map<string, string>()
  private pending: Transaction[] = []
  private current: Transaction | undefined

  constructor(private readonly mark: () => () => void) {}

  get(key: string): string | undefined {
    return this.view.get(key)
  }

  /** The keys with this prefix, in the order of their first writes. */
  keys(prefix: string): string[] {
    return [...this.view.keys()].filter((key) => key.startsWith(prefix))
  }

  put(key: string, value: string | undefined): void {
    if (value === undefined) this.view.delete(key)
    else this.view.set(key, value)
    this.current?.writes.push([key, value])
  }

  /** Sends when all writes of this event are durable. */
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
    // Without pending writes, frames are sent at once.
    if (this.pending.length === 1 && writes.length === 0) this.commit()
    this.current = { writes: [], sends: [], onDurable: () => {} }
  }

  /** The oldest transaction becomes durable, and its frames are sent, unless the object is killed in between. */
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

  /** Kills the object after so many more transactions have become durable, whose frames were not sent. */
  kill(durable: number): void {
    for (let count = 0; count < durable; count++) this.commit(false)
    this.pending = []
    this.view = new Map(this.rows)
  }
}
