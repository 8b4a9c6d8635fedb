import { assertStorable } from "../../stream/storable.ts"
import { contentOf, isReadable, layout, type Stored } from "../layout.ts"

type Row = Stored<[number: number, keep: number, element: unknown, except?: readonly string[]]>
type OriginRow = Stored<[slot0: number, start: number]>

/** An element, and the ids of the connections that do not get it. */
interface Kept<T> {
  element: T
  except: readonly string[]
}

/** Where a log begins. A log that was never emptied or resized begins with 0, and has no row for it. */
interface Origin {
  /** The number of the first element in slot 0. No older one is kept. */
  readonly slot0: number
  /** The number of the first element since storage was last emptied. */
  readonly start: number
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
 * element costs one written row, and no row is deleted. After `deleteAll` the numbers go on, so a subscriber that was behind finds that
 * its elements are gone, and begins with the first new one.
 */
export class HubLog<T> {
  private readonly prefix: string
  private known: Origin | undefined
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
    const { next } = this
    return Math.max(this.origin.slot0, next - this.keep)
  }

  /** How many elements were added since storage was last emptied. */
  get count(): number {
    return this.next - this.origin.start
  }

  /** An element by its number; `undefined` if it has been overwritten, or does not exist yet. */
  get(number: number): Kept<T> | undefined {
    if (number >= this.next) return undefined
    if (number === this.next - 1 && this.newest) return this.newest
    const row = this.row(this.slotOf(number))
    return row?.[1] === number ? { element: row[3] as T, except: row[4] ?? [] } : undefined
  }

  /** Throws a `TypeError` for an element that structured clone refuses. */
  check(element: T): void {
    assertStorable(element, `An element of the hub "${this.name}" with keep`, "element")
  }

  /** Stores an element, and publishes it. Throws a `TypeError` for an element that structured clone refuses. */
  add(element: T, except: readonly string[], publish: () => void): void {
    const number = this.next
    this.append({ element, except })
    this.publishing = number
    try {
      publish()
    } finally {
      this.publishing = undefined
    }
  }

  /** Reads storage again at the next use, because its content may have changed. */
  forget(): void {
    this.known = undefined
    this.end = undefined
    this.newest = undefined
  }

  /**
   * Storage has been emptied, after `next` was read. An element that is being published belongs to the new log.
   *
   * @param hasReaders whether a connection may have the number of an element. Without one nothing is stored, and the numbers begin again.
   */
  restart(hasReaders: boolean): void {
    const { next, delivered, newest } = this
    this.forget()
    if (!hasReaders || next === 0 || this.next > 0) return
    this.startAt(delivered, delivered)
    if (newest && delivered < next) this.append(newest)
  }

  private get origin(): Origin {
    if (!this.known) {
      const [slot0 = 0, start = 0] = (contentOf(this.storage.get(this.originKey)) ?? []) as number[]
      this.known = { slot0, start }
    }
    return this.known
  }

  private startAt(slot0: number, start: number): void {
    this.storage.put(this.originKey, [layout, slot0, start] satisfies OriginRow)
    this.known = { slot0, start }
    this.end = slot0
  }

  private append(kept: Kept<T>): void {
    const { next } = this
    const row: Row = [layout, next, this.keep, kept.element]
    if (kept.except.length > 0) row.push(kept.except)
    try {
      this.storage.put(this.keyOf(this.slotOf(next)), row)
    } catch (error) {
      this.check(kept.element)
      throw error
    }
    this.end = next + 1
    this.newest = kept
  }

  /** Finds the last element by bisection, because the slots up to its own hold consecutive numbers. */
  private found(): number {
    const first = this.row(0)
    if (!first) return this.origin.slot0
    if (first[2] !== this.keep) return this.resized()
    let [low, high] = [0, this.keep]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (this.row(middle)?.[1] === first[1] + middle) low = middle
      else high = middle
    }
    return first[1] + low + 1
  }

  /** Moves each element to its slot for the `keep` that a deploy has changed, the oldest one to slot 0. */
  private resized(): number {
    const { prefix } = this
    // The name of another hub may begin with that of this one.
    const rows = [...this.storage.list({ prefix })].filter(([key]) => /^\d+$/.test(key.slice(prefix.length)))
    const elements = rows.flatMap(([, row]) => (isReadable(row) ? [row as Row] : []))
    elements.sort(([, one], [, other]) => one - other)
    const kept = elements.slice(-this.keep)
    for (const [key] of rows) this.storage.delete(key)
    const [, slot0 = 0] = kept[0] ?? []
    this.startAt(slot0, this.origin.start)
    for (const [slot, [, number, , ...content]] of kept.entries()) {
      this.storage.put(this.keyOf(slot), [layout, number, this.keep, ...content] satisfies Row)
    }
    return slot0 + kept.length
  }

  private row(slot: number): Row | undefined {
    const row = this.storage.get(this.keyOf(slot))
    return isReadable(row) ? (row as Row) : undefined
  }

  private slotOf(number: number): number {
    return (number - this.origin.slot0) % this.keep
  }

  private keyOf(slot: number): string {
    return `${this.prefix}${slot}`
  }

  private get originKey(): string {
    return `${this.prefix}origin`
  }
}
