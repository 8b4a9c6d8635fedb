import type { None } from "../engine/emitter.ts"
import { SourceStage } from "../engine/source-stage.ts"
import { type DropStrategy, dequeue, enqueue } from "../overflow.ts"

/**
 * The head of a flow that elements are put into from outside. One that is emitted in the event in which it came leaves no
 * trace: a flow without state has nothing to save, however many messages it has seen.
 */
export abstract class ExternalSource<T> extends SourceStage<T, [elements: T[], ended: boolean]> {
  private elements: T[] = []
  protected ended = false
  /** Whether what was saved last had elements in it. */
  private hasSavedElements = false

  constructor(
    private readonly bufferSize: number,
    private readonly overflow: DropStrategy,
  ) {
    super()
  }

  /** How many elements were dropped for this one. A `BufferOverflowError` if it is full and the strategy is `fail`. */
  protected put(element: T): number {
    if (this.ended || this.outClosed) return 0
    const before = this.elements.length
    if (before === 0 && this.tryEmit(element)) {
      // What has come meanwhile.
      if (this.ended || this.elements.length > 0) this.flush()
      return 0
    }
    enqueue(this.elements, element, this.bufferSize, this.overflow)
    const dropped = before + 1 - this.elements.length
    this.flush()
    return dropped
  }

  /** No more elements but, where given, a last one; those that wait are still emitted. */
  end(...last: T[]): void {
    if (this.ended || this.outClosed) return
    this.ended = true
    this.elements.push(...last)
    this.markDirty()
    this.flush()
  }

  protected next(): T | None {
    return dequeue(this.elements)
  }

  protected isDrained(): boolean {
    return this.ended && this.elements.length === 0
  }

  protected override markProgress(): void {
    if (this.hasSavedElements) this.markDirty()
  }

  override save(): [T[], boolean] | undefined {
    this.hasSavedElements = this.elements.length > 0
    return this.ended || this.hasSavedElements ? [this.elements, this.ended] : undefined
  }

  override restore([elements, ended]: [T[], boolean]): void {
    this.elements = elements
    this.ended = ended
    this.hasSavedElements = elements.length > 0
  }

  private flush(): void {
    this.drain()
    if (this.elements.length > 0) this.markDirty()
  }
}
