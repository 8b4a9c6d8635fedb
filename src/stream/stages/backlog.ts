import type { None } from "../emitter.ts"
import { enqueue, first, type OverflowStrategy } from "../overflow.ts"
import { SourceStage } from "./source.ts"

/** A full backlog cannot make anybody wait: what is put into it has happened already. */
export type DropStrategy = Exclude<OverflowStrategy, "backpressure">

/**
 * The head of a flow that elements are put into from outside. One that is emitted in the event in which it came leaves no
 * trace: a flow without state has nothing to save, however many messages it has seen.
 */
export abstract class Backlog<T> extends SourceStage<T, [elements: T[], ended: boolean]> {
  private elements: T[] = []
  protected ended = false
  /** Whether what was saved last had elements in it. */
  private kept = false

  constructor(
    private readonly bufferSize: number,
    private readonly overflow: DropStrategy,
  ) {
    super()
  }

  /** How many elements wait for demand. */
  get waiting(): number {
    return this.elements.length
  }

  /** How many elements were dropped for this one. A `BufferOverflowError` if it is full and the strategy is `fail`. */
  protected put(element: T): number {
    if (this.ended || this.outClosed) return 0
    const before = this.elements.length
    if (before === 0 && this.emitNow(element)) {
      // What has come meanwhile.
      if (this.ended || this.elements.length > 0) this.flow()
      return 0
    }
    enqueue(this.elements, element, this.bufferSize, this.overflow)
    const dropped = before + 1 - this.elements.length
    this.flow()
    return dropped
  }

  /** No more elements but, where given, a last one; those that wait are still emitted. */
  end(...last: T[]): void {
    if (this.ended || this.outClosed) return
    this.ended = true
    this.elements.push(...last)
    this.changed()
    this.flow()
  }

  protected next(): T | None {
    return first(this.elements)
  }

  protected isDrained(): boolean {
    return this.ended && this.elements.length === 0
  }

  protected override moved(): void {
    if (this.kept) this.changed()
  }

  override save(): [T[], boolean] | undefined {
    this.kept = this.elements.length > 0
    return this.ended || this.kept ? [this.elements, this.ended] : undefined
  }

  override restore([elements, ended]: [T[], boolean]): void {
    this.elements = elements
    this.ended = ended
    this.kept = elements.length > 0
  }

  private flow(): void {
    this.drain()
    if (this.elements.length > 0) this.changed()
  }
}
