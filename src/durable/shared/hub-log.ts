import { assertStorable } from "../../stream/storable.ts"
import { isReadable, layout, type Stored } from "../layout.ts"

type Row = Stored<[number: number, keep: number, element: unknown, except?: readonly string[]]>

/** An element, and the ids of the connections that do not get it. */
interface Kept<T> {
  element: T
  except: readonly string[]
}

/** The part of `ctx.storage.kv` that a log needs. */
interface LogStorage {
  get(key: string): unknown
  put(key: string, row: unknown): void
  delete(key: string): unknown
  list(options: { prefix: string }): Iterable<[key: string, row: unknown]>
}

/**
 * The last elements of a hub, by number from 0 on. Each has a row of its own, which the element `keep` numbers later overwrites: an
 * element costs one written row, and no row is deleted.
 */
export class HubLog<T> {
  private readonly prefix: string
  private end: number | undefined
  /** The element that is being published. */
  private publishing: number | undefined
  /** The newest element, so that a subscriber that has caught up reads nothing, and all of them get the same object. */
  private newest: Kept<T> | undefined

  constructor(
    private readonly name: string,
    private readonly keep: number,
    private readonly storage: LogStorage,
  ) {
    this.prefix = `sluice:hub:${name}:`
  }

  /** The number of the next element. */
  get next(): number {
    this.end ??= this.found()
    return this.end
  }

  /** The number of the next element for a subscriber that has caught up: the one that is being published, or else `next`. */
  get delivered(): number {
    return this.publishing ?? this.next
  }

  /** The number of the oldest element that is kept. */
  get first(): number {
    return Math.max(0, this.next - this.keep)
  }

  /** An element by its number; `undefined` if it has been overwritten, or does not exist yet. */
  get(number: number): Kept<T> | undefined {
    if (number >= this.next) return undefined
    if (number === this.next - 1 && this.newest) return this.newest
    const row = this.row(number % this.keep)
    return row?.[1] === number ? { element: row[3] as T, except: row[4] ?? [] } : undefined
  }

  /** Throws a `TypeError` for an element that structured clone refuses. */
  check(element: T): void {
    assertStorable(element, `An element of the hub "${this.name}" with keep`, "element")
  }

  /** Stores an element, and publishes it. Throws a `TypeError` for an element that structured clone refuses. */
  add(element: T, except: readonly string[], publish: () => void): void {
    const number = this.next
    const row: Row = [layout, number, this.keep, element]
    if (except.length > 0) row.push(except)
    try {
      this.storage.put(this.keyOf(number % this.keep), row)
    } catch (error) {
      this.check(element)
      throw error
    }
    this.end = number + 1
    this.newest = { element, except }
    this.publishing = number
    try {
      publish()
    } finally {
      this.publishing = undefined
    }
  }

  /** Reads storage again at the next use, because its content may have changed. */
  forget(): void {
    this.end = undefined
    this.newest = undefined
  }

  /** Finds the last element by bisection, because the slots up to its own hold consecutive numbers. */
  private found(): number {
    const start = this.row(0)
    if (!start) return 0
    if (start[2] !== this.keep) return this.resized()
    let [low, high] = [0, this.keep]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (this.row(middle)?.[1] === start[1] + middle) low = middle
      else high = middle
    }
    return start[1] + low + 1
  }

  /** Moves each element to its slot for the `keep` that a deploy has changed. */
  private resized(): number {
    const rows = [...this.storage.list({ prefix: this.prefix })]
    const elements = rows.flatMap(([, row]) => (isReadable(row) ? [row as Row] : []))
    const last = elements.reduce((latest, [, number]) => Math.max(latest, number), -1)
    for (const [key] of rows) this.storage.delete(key)
    for (const [, number, , ...content] of elements) {
      if (number <= last - this.keep) continue
      this.storage.put(this.keyOf(number % this.keep), [layout, number, this.keep, ...content] satisfies Row)
    }
    return last + 1
  }

  private row(slot: number): Row | undefined {
    const row = this.storage.get(this.keyOf(slot))
    return isReadable(row) ? (row as Row) : undefined
  }

  private keyOf(slot: number): string {
    return `${this.prefix}${slot}`
  }
}
