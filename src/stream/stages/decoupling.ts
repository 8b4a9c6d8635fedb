import { anIterable, anIteratorResult, aValue, checkReturned } from "../checks.ts"
import { Emitter, type None, none } from "../engine/emitter.ts"
import { enqueue, type OverflowStrategy } from "../overflow.ts"
import { SavedSlot } from "./single-slot.ts"

export class Buffer<T> extends Emitter<T, T, T[]> {
  private elements: T[] = []

  constructor(
    private readonly bufferSize: number,
    private readonly overflow: OverflowStrategy,
  ) {
    super()
  }

  protected onElement(element: T): void {
    enqueue(this.elements, element, this.bufferSize, this.overflow)
  }

  protected next(): T | None {
    return this.elements.length > 0 ? (this.elements.shift() as T) : none
  }

  protected override wants(): boolean {
    return this.overflow !== "backpressure" || this.elements.length < this.bufferSize
  }

  protected isDrained(): boolean {
    return this.elements.length === 0
  }

  override save(): T[] {
    return this.elements
  }

  override restore(elements: T[]): void {
    this.elements = elements
  }
}

export class Conflate<T> extends SavedSlot<T> {
  private isChecked = false

  constructor(private readonly aggregate: (held: T, element: T) => T) {
    super()
  }

  protected onElement(element: T): void {
    if (this.held === none) {
      this.held = element
    } else {
      this.held = this.aggregate(this.held, element)
      if (!this.isChecked) checkReturned(this, "aggregate", this.held, aValue)
      this.isChecked = true
    }
  }

  protected override wants(): boolean {
    return true
  }
}

/** Saves the element and the number of emitted ones. After a restore it makes the iterator anew and skips these. */
export class Expand<In, Out> extends Emitter<In, Out, [element: In[], count: number]> {
  private element: In[] = []
  private count = 0
  private iterator: Iterator<Out> | undefined

  constructor(private readonly f: (element: In) => Iterable<Out>) {
    super()
  }

  protected onElement(element: In): void {
    this.element = [element]
    this.count = 0
    this.iterator = undefined
  }

  protected next(): Out | None {
    if (this.element.length === 0 || (this.inClosed && this.count > 0)) return none
    if (!this.iterator) {
      const elements = this.f(this.element[0] as In)
      checkReturned(this, "f", elements, anIterable)
      this.iterator = elements[Symbol.iterator]()
      for (let skipped = 0; skipped < this.count; skipped++) this.iterator.next()
    }
    const result = this.iterator.next()
    checkReturned(this, "next of the iterator", result, anIteratorResult)
    if (result.done) {
      this.element = []
      return none
    }
    this.count++
    return result.value
  }

  protected override wants(): boolean {
    return this.element.length === 0 || this.count > 0
  }

  protected isDrained(): boolean {
    return this.wants()
  }

  override save(): [In[], number] {
    return [this.element, this.count]
  }

  override restore([element, count]: [In[], number]): void {
    this.element = element
    this.count = count
  }
}
