import { readCost } from "../checks.ts"
import { Emitter, type None, none } from "../engine/emitter.ts"
import { RateExceededError } from "../errors.ts"
import { enqueue, type OverflowStrategy } from "../overflow.ts"
import { SavedSlot, SingleSlot } from "./single-slot.ts"

// Elements become ready in `onTimer` only, never by comparing the clock while emitting: a restored stage must emit nothing
// that it would not have emitted in memory.

/** An element and its due time, which is `undefined` once the element is ready. */
type Waiting<T> = [element: T, due: number | undefined]

export class Delay<T> extends Emitter<T, T, Waiting<T>[]> {
  private waiting: Waiting<T>[] = []

  constructor(
    private readonly duration: number,
    private readonly bufferSize: number,
    private readonly overflow: OverflowStrategy,
  ) {
    super()
  }

  protected onElement(element: T): void {
    enqueue(this.waiting, [element, this.run.now() + this.duration], this.bufferSize, this.overflow)
    this.schedule()
  }

  override onTimer(): void {
    const now = this.run.now()
    for (const entry of this.waiting) if (entry[1] !== undefined && entry[1] <= now) entry[1] = undefined
    this.schedule()
    this.advance()
  }

  protected next(): T | None {
    if (this.waiting.length === 0 || this.waiting[0]?.[1] !== undefined) return none
    const [element] = this.waiting.shift() as Waiting<T>
    return element
  }

  protected override wants(): boolean {
    return this.overflow !== "backpressure" || this.waiting.length < this.bufferSize
  }

  protected isDrained(): boolean {
    return this.waiting.length === 0
  }

  override save(): Waiting<T>[] {
    return this.waiting
  }

  override restore(waiting: Waiting<T>[]): void {
    this.waiting = waiting
  }

  private schedule(): void {
    this.wakeAt(this.waiting.find(([, due]) => due !== undefined)?.[1] ?? Infinity)
  }
}

/** The tolerance for due times, in milliseconds. A double resolves today's times to about 0.00025 ms. */
const tolerance = 0.001

/**
 * The generic cell rate algorithm (ITU-T I.371). Its state is one number, in place of a token bucket: the time at which the
 * next element is due at the steady rate.
 */
export class Throttle<T> extends SingleSlot<T, T, [held: T[], expected: number, cost: number]> {
  private expected = 0
  /** The cost of the held element. */
  private heldCost = 0

  constructor(
    private readonly interval: number,
    private readonly burst: number,
    private readonly enforce: boolean,
    /** Absent if every element costs 1. */
    private readonly cost?: (element: T) => number,
  ) {
    super()
  }

  protected onElement(element: T): void {
    const now = this.run.now()
    this.heldCost = this.cost ? readCost(this, this.cost(element)) : 1
    const expected = Math.max(this.expected, now) + this.heldCost * this.interval
    const allowedAt = expected - this.burst * this.interval
    const isEarly = allowedAt > now + tolerance
    if (this.enforce && isEarly) throw new RateExceededError("throttle: the stream is faster than allowed")
    this.expected = expected
    this.held = element
    if (isEarly) this.wakeAt(allowedAt)
  }

  protected override next(): T | None {
    return this.due === Infinity ? super.next() : none
  }

  /**
   * The interval after a late element counts from its emission; otherwise the next element would follow at once. An element
   * that costs more than a burst has already waited for the rest of its cost.
   */
  override onTimer(): void {
    const interval = Math.min(this.heldCost, this.burst) * this.interval
    this.expected = Math.max(this.expected, this.run.now() + interval)
    this.advance()
  }

  override save(): [T[], number, number] {
    return [this.saveHeld(), this.expected, this.heldCost]
  }

  override restore([held, expected, cost]: [T[], number, number]): void {
    this.restoreHeld(held)
    this.expected = expected
    this.heldCost = cost
  }
}

export class Debounce<T> extends SavedSlot<T> {
  constructor(private readonly duration: number) {
    super()
  }

  protected onElement(element: T): void {
    this.held = element
    this.wakeAt(this.run.now() + this.duration)
  }

  protected override next(): T | None {
    return this.due === Infinity ? super.next() : none
  }

  protected override wants(): boolean {
    return true
  }

  override onTimer(): void {
    this.drain()
  }

  override onComplete(): void {
    this.wakeAt(Infinity)
    this.drain()
  }
}

/** A group starts with its first element, so an empty group needs no timer. */
export class GroupedWithin<T> extends SingleSlot<T, T[], [ready: T[][], group: T[], weight?: number]> {
  protected group: T[] = []

  constructor(
    protected readonly count: number,
    protected readonly duration: number,
  ) {
    super()
  }

  protected onElement(element: T): void {
    this.group.push(element)
    if (this.group.length === this.count) this.close()
    else if (this.group.length === 1) this.wakeAt(this.run.now() + this.duration)
  }

  /** After a timeout, one element is already asked for. It starts the next group. */
  protected override wants(): boolean {
    return this.held === none || (this.held.length < this.count && this.group.length === 0)
  }

  protected override next(): T[] | None {
    const group = super.next()
    if (this.group.length > 0 && this.due === Infinity) this.close()
    return group
  }

  override onTimer(): void {
    this.close()
    this.advance()
  }

  override onComplete(): void {
    if (this.group.length > 0) this.close()
    this.drain()
  }

  override save(): [T[][], T[], number?] {
    return [this.saveHeld(), this.group]
  }

  override restore([ready, group]: [T[][], T[], number?]): void {
    this.restoreHeld(ready)
    this.group = group
  }

  /** If the group before is still held, this group is closed when that one is emitted. */
  protected close(): void {
    this.wakeAt(Infinity)
    if (this.held !== none) return
    this.held = this.group
    this.group = []
  }
}
