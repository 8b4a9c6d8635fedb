import type { Logger } from "../../stream/logger.ts"
import { contentOf, layout } from "../layout.ts"
import { Cell, type CellOptions } from "./cell.ts"
import type { Channel } from "./channel.ts"

/** The parts of an object that its cells use. */
export interface CellsHost {
  /** A number that changes with each event, and with each change of storage by the author. */
  readonly epoch: number
  readonly isInEvent: boolean
  readonly log: Logger
  event(change: () => void): void
  readonly topics: {
    publish<T>(channel: Channel<T>, value: T): void
    publishState<T>(channel: Channel<T>, value: T): void
  }
  readonly transactions: { readonly isOpen: boolean; readonly number: number }
  /** Flows and shared sources may depend on the cell. */
  cellChanged(): void
}

/** The cells that live as long as their object. Each has one row. */
export class ObjectCells {
  private readonly logged = new Set<string>()

  constructor(
    private readonly kv: SyncKvStorage,
    private readonly host: CellsHost,
  ) {}

  /** Reads the stored value once in an event. Outside of events it reads each time, because the author may change storage there. */
  make<T>(name: string, initial: T, channel: Channel<T>, options: CellOptions<T>): Cell<T> {
    const { host } = this
    const key = `sluice:cell:${name}`
    type Stored = { value: unknown } | undefined
    let cached: { epoch: number; stored: Stored } | undefined
    /** The value from before a transaction. */
    let before: { transaction: number; stored: Stored } | undefined
    const { transactions } = host
    const isUncommitted = () => transactions.isOpen && before?.transaction === transactions.number
    const store = {
      read: () => {
        if (!host.isInEvent || cached?.epoch !== host.epoch) {
          cached = { epoch: host.epoch, stored: this.stored(key, name) }
        }
        return cached.stored
      },
      committed: () => (isUncommitted() ? before?.stored : store.read()),
      write: (value: unknown) => {
        if (transactions.isOpen && !isUncommitted()) before = { transaction: transactions.number, stored: store.read() }
        this.kv.put(key, [layout, value])
        cached = { epoch: host.epoch, stored: { value } }
        host.cellChanged()
      },
      event: (change: () => void) => host.event(change),
      publish: (value: unknown) => {
        if (transactions.isOpen) host.topics.publish(channel, value as T)
        else host.topics.publishState(channel, value as T)
      },
    }
    return new Cell(name, initial, store, channel, options)
  }

  /** Reads a row of another layout as if nothing were stored, and logs that once. */
  private stored(key: string, name: string): { value: unknown } | undefined {
    const row = this.kv.get(key)
    if (row === undefined) return undefined
    const content = contentOf(row)
    if (content) return { value: content[0] }
    if (!this.logged.has(key)) this.host.log({ level: "error", event: "cell unreadable", name })
    this.logged.add(key)
    return undefined
  }
}
