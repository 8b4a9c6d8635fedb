import type { None } from "../engine/emitter.ts"
import { SourceStage } from "../engine/source-stage.ts"
import { type DropStrategy, dequeue, enqueue } from "../overflow.ts"

/** With the `path` of an actor's source where the path does not follow from the position of the stage. */
export type SavedSource<T> = [elements: T[], ended: boolean, path?: string]

/**
 * A source whose elements are put in from outside the flow, such as the inbox of a connection. An element that is emitted in
 * the event of its arrival does not make the stage dirty, so a flow without state has nothing to save.
 */
export abstract class ExternalSource<T> extends SourceStage<T, SavedSource<T>> {
  private elements: T[] = []
  protected ended = false
  /** Whether the last saved state contains elements. */
  private hasSavedElements = false

  constructor(
    private readonly bufferSize: number,
    private readonly overflow: DropStrategy,
  ) {
    super()
  }

  /** The number of elements that wait for demand. */
  get waiting(): number {
    return this.elements.length
  }

  /**
   * Emits or buffers an element. Returns the number of dropped elements, this one included. Throws a `BufferOverflowError` if the
   * buffer is full and the strategy is `fail`.
   */
  protected put(element: T): number {
    if (this.ended || this.outClosed) return 0
    const before = this.elements.length
    if (before === 0 && this.tryEmit(element)) {
      // Elements may have been put in during the push.
      if (this.ended || this.elements.length > 0) this.flush()
      return 0
    }
    enqueue(this.elements, element, this.bufferSize, this.overflow)
    const dropped = before + 1 - this.elements.length
    this.flush()
    return dropped
  }

  /** Completes the source after the buffered elements and the given last ones. */
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

  override save(): SavedSource<T> | undefined {
    this.hasSavedElements = this.elements.length > 0
    return this.ended || this.hasSavedElements ? [this.elements, this.ended] : undefined
  }

  override restore([elements, ended]: SavedSource<T>): void {
    this.elements = elements
    this.ended = ended
    this.hasSavedElements = elements.length > 0
  }

  private flush(): void {
    this.drain()
    if (this.elements.length > 0) this.markDirty()
  }
}
