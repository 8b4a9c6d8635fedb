import { firedUntil, Timer, type TimersOwner } from "./timer.ts"
import { dividedPage, pageOf, TimerPage } from "./timer-page.ts"
import type { TimerStorage } from "./timer-rows.ts"

/** A timer as it is saved with its actor. The count comes last, because it follows from the clock. */
export type SavedTimer = [key: string, message: unknown, start: number, every: number | undefined, count: number]

/** The part of paged timers that is saved with their actor. `dues` has the first due time of each page. */
export type SavedPages = readonly [seed: number, started: number, size: number, large: number, dues: readonly number[]]

/** A timer in the row of its page. A large message has a row of its own. */
type StoredTimer = [
  key: string,
  message: unknown,
  start: number,
  every: number | undefined,
  order: number,
  isLarge?: true,
]

/** More timers than this are stored in rows of their own, not in the row of the actor. */
const mostInline = 32
/** The most timers that a page has on average. With more, a page is added. */
const pageSize = 256

/**
 * The timers of an actor, by key. Up to 32 small ones are saved with the actor. More or larger ones are divided into pages by a hash of
 * their keys, by linear hashing: each page is a row, a change writes the row of one page, and an added page divides one page only. After
 * hibernation a page is read when its first timer is due, or when one of its keys is looked up.
 */
export class TimerTable {
  /** The number of timers. */
  size = 0
  /** How many timers were started. */
  started = 0
  private pages: TimerPage[]
  private seed = 0
  private large = 0
  private isPaged = false
  /** The time until which everything was delivered when the actor was restored. */
  private deliveredUntil = 0

  constructor(private readonly owner: TimersOwner) {
    this.pages = [this.emptyPage(0)]
  }

  get(key: string): Timer | undefined {
    return this.timersOf(this.pageOf(key)).get(key)
  }

  /** Adds a timer whose key is not in the table. */
  add(timer: Timer): void {
    const page = this.pageOf(timer.key)
    this.place(page, timer)
    page.isDirty = true
    this.size++
    if (timer.isLarge) this.large++
    if (this.owner.rows && this.size > this.pages.length * pageSize) this.addPage()
  }

  delete(timer: Timer): void {
    const page = this.pageOf(timer.key)
    this.timersOf(page).delete(timer.key)
    this.owner.queue.delete(timer)
    page.isDirty = true
    this.size--
    if (timer.isLarge) this.large--
    if (timer.isStored) this.owner.rows?.delete(this.keyOfMessage(timer.order))
  }

  clear(): void {
    // Reads no pages here, unless there are large messages: only the pages have the keys of their rows.
    for (const page of this.pages) {
      if (this.large > 0 || page.timers) for (const timer of [...this.timersOf(page).values()]) this.delete(timer)
      this.owner.queue.delete(page)
      page.timers ??= new Map()
      page.isDirty = true
    }
    this.size = 0
  }

  /** Reads every row. */
  read(): void {
    for (const page of this.pages) for (const timer of this.timersOf(page).values()) timer.readMessage()
  }

  /** All rows are to be written again, because storage has been emptied. */
  rewrite(): void {
    for (const page of this.pages) {
      page.isDirty = true
      for (const timer of page.timers?.values() ?? []) timer.isStored = false
    }
  }

  /** The pages of timers at a fixed rate that have fired are to be written, because a page has no counts: see `stored`. */
  writeFired(): void {
    const hasFired = ({ every, count }: Timer) => every !== undefined && count > 0
    for (const page of this.pages) page.isDirty ||= [...(page.timers?.values() ?? [])].some(hasFired)
  }

  /** The timers as they are saved with the actor. Puts the changed rows into the owner's `rows`. */
  save(): { timers?: SavedTimer[]; timerPages?: SavedPages } {
    const { rows } = this.owner
    if (rows && (this.size > mostInline || this.large > 0) && !this.isPaged) this.usePages()
    for (const page of this.pages) if (this.isPaged && page.isDirty) this.writePage(page)
    if (this.isPaged && this.size === 0) this.leavePages()
    if (this.size === 0) return {}
    if (this.isPaged)
      return { timerPages: [this.seed, this.started, this.size, this.large, this.pages.map(({ due }) => due)] }
    const timers = this.pages.flatMap((page) => [...this.timersOf(page).values()])
    return { timers: timers.map(({ key, message, start, every, count }) => [key, message, start, every, count]) }
  }

  /** Restores pages that were written. Times before `deliveredUntil` have been delivered since. */
  restore([seed, started, size, large, dues]: SavedPages, deliveredUntil: number): void {
    this.seed = seed
    this.started = started
    this.size = size
    this.large = large
    this.deliveredUntil = deliveredUntil
    this.isPaged = true
    this.pages = dues.map((due, number) => this.newPage(number, due))
    for (const page of this.pages) {
      // It may have timers at a fixed rate, which do not write their page when they fire.
      if (page.due < deliveredUntil) this.timersOf(page)
      else if (page.due < Infinity) this.owner.queue.add(page)
      else page.timers = new Map()
    }
  }

  private pageOf(key: string): TimerPage {
    return this.pages[pageOf(key, this.seed, this.pages.length)] as TimerPage
  }

  private newPage(number: number, due?: number): TimerPage {
    return new TimerPage(number, (page) => this.timersOf(page), due)
  }

  private emptyPage(number: number): TimerPage {
    const page = this.newPage(number)
    page.timers = new Map()
    return page
  }

  /** The timers of a page, which is read if it was not. */
  private timersOf(page: TimerPage): Map<string, Timer> {
    if (page.timers) return page.timers
    const { owner, deliveredUntil } = this
    owner.queue.delete(page)
    page.timers = new Map()
    const stored = (owner.rows?.read(this.keyOf(page)) ?? []) as readonly StoredTimer[]
    for (const [key, content, start, every, order, isLarge = false] of stored) {
      const message = isLarge ? () => owner.rows?.read(this.keyOfMessage(order)) : content
      const fired = firedUntil(deliveredUntil, start, every)
      this.place(page, new Timer(owner, { key, message, start, every, order, isLarge }, fired))
    }
    return page.timers
  }

  private place(page: TimerPage, timer: Timer): void {
    this.timersOf(page).set(timer.key, timer)
    if (timer.due < Infinity) this.owner.queue.add(timer)
  }

  private addPage(): void {
    if (this.pages.length === 1) this.seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0
    const divided = this.pages[dividedPage(this.pages.length)] as TimerPage
    const timers = this.timersOf(divided)
    const added = this.emptyPage(this.pages.length)
    this.pages.push(added)
    for (const timer of [...timers.values()]) {
      if (this.pageOf(timer.key) === divided) continue
      timers.delete(timer.key)
      this.timersOf(added).set(timer.key, timer)
    }
    divided.isDirty = true
    added.isDirty = true
  }

  private usePages(): void {
    this.isPaged = true
    for (const page of this.pages) page.isDirty = true
  }

  private leavePages(): void {
    this.isPaged = false
    this.pages = [this.emptyPage(0)]
  }

  private writePage(page: TimerPage): void {
    const { rows } = this.owner
    const timers = [...this.timersOf(page).values()]
    for (const timer of timers) {
      if (!timer.isLarge || timer.isStored) continue
      rows?.put(this.keyOfMessage(timer.order), timer.message)
      timer.isStored = true
    }
    if (timers.length > 0) rows?.put(this.keyOf(page), timers.map(stored))
    else if (page.due < Infinity) rows?.delete(this.keyOf(page))
    page.due = timers.reduce((earliest, { due }) => Math.min(earliest, due), Infinity)
    page.isDirty = false
  }

  private keyOf({ order }: TimerPage): string {
    return keyOfPage(this.owner.path, order)
  }

  private keyOfMessage(order: number): string {
    return keyOfMessage(this.owner.path, order)
  }
}

function keyOfPage(path: string, number: number): string {
  return `${path}/:${number}`
}

function keyOfMessage(path: string, order: number): string {
  return `${path}/=${order}`
}

/** A timer at a fixed rate starts with its next time, so that it does not fire again for those before. */
function stored({ key, message, start: first, due, every, order, isLarge }: Timer): StoredTimer {
  const start = every === undefined ? first : due
  return isLarge ? [key, undefined, start, every, order, true] : [key, message, start, every, order]
}

/** The timers in an actor's pages as they are saved with the actor, in the order in which they were started. */
export function storedTimers([, , , , dues]: SavedPages, path: string, storage: TimerStorage): SavedTimer[] {
  const pages = dues.map((_, number) => (storage.get(keyOfPage(path, number)) ?? []) as readonly StoredTimer[])
  const inOrder = pages.flat().sort(([, , , , one], [, , , , other]) => one - other)
  return inOrder.map(([key, message, start, every, order, isLarge]) => {
    const content = isLarge ? storage.get(keyOfMessage(path, order)) : message
    return [key, content, start, every, 0]
  })
}
