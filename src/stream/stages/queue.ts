import { requirePositiveInteger } from "../argument.ts"
import type { None } from "../engine/emitter.ts"
import { SourceStage } from "../engine/source-stage.ts"
import { type Step, stageStep } from "../engine/wiring.ts"
import { BufferOverflowError } from "../errors.ts"
import { type DropStrategy, dequeue, enqueue, requireDropStrategy } from "../overflow.ts"

/** The result of an offer to a queue; see `SourceQueue.offer`. */
export type OfferResult = "enqueued" | "dropped" | "failed" | "closed"

/** The content of a queue, shared by the handle and the stage. */
export class QueueContent<T> {
  elements: T[] = []
  ended = false
  failure: { error: unknown } | undefined
  stage: QueueStage<T> | undefined

  constructor(
    private readonly bufferSize: number,
    private readonly overflow: DropStrategy = "fail",
    /** The operator, for errors. */
    readonly name = "Source.queue",
  ) {
    requirePositiveInteger("queue: bufferSize", bufferSize)
    requireDropStrategy("queue: overflow", overflow)
  }

  offer(element: T): OfferResult {
    if (this.ended) return "closed"
    let result: OfferResult = "closed"
    this.event(() => {
      result = this.put(element)
    })
    return result
  }

  /** Completes the source after the queued elements and the given last ones. Returns whether it was open. */
  end(...last: T[]): boolean {
    return this.closeWith(() => this.elements.push(...last))
  }

  /** Fails the source at once. Returns whether it was open. */
  fail(error: unknown): boolean {
    return this.closeWith(() => {
      this.failure = { error }
    })
  }

  private put(element: T): OfferResult {
    if (this.overflow === "fail" && this.elements.length >= this.bufferSize) {
      this.failure = { error: new BufferOverflowError(`Source.queue is full: ${this.bufferSize} elements`) }
      this.close()
      return "failed"
    }
    if (this.elements.length === 0 && this.stage?.tryForward(element)) return "enqueued"
    const taken = enqueue(this.elements, element, this.bufferSize, this.overflow)
    this.stage?.onContentChange()
    return taken ? "enqueued" : "dropped"
  }

  private closeWith(change: () => void): boolean {
    if (this.ended) return false
    this.event(() => {
      change()
      this.close()
    })
    return true
  }

  private close(): void {
    this.ended = true
    this.stage?.onContentChange()
  }

  /** Runs `handler` as an event of the run, if it has started. If the run refuses the event, nothing changes. */
  private event(handler: () => void): void {
    if (this.stage) this.stage.run.event(handler)
    else handler()
  }
}

export class QueueStage<T> extends SourceStage<T, { elements: T[]; ended: boolean }> {
  constructor(private readonly content: QueueContent<T>) {
    super()
  }

  override begin(): void {
    if (this.content.stage) {
      this.failDown(new Error(`A ${this.content.name} runs once: create a new one for each connection`))
      return
    }
    this.content.stage = this
    // No state is saved for a closed stage, so the new handle is closed here.
    if (this.outClosed) this.content.ended = true
    this.markDirty()
    if (this.content.failure) this.failDown(this.content.failure.error)
  }

  /** Emits an element without queuing it, if there is demand. */
  tryForward(element: T): boolean {
    const hasEmitted = this.tryEmit(element)
    const { ended, elements } = this.content
    // Elements may have been offered during the push.
    if (hasEmitted && (ended || elements.length > 0)) this.onContentChange()
    return hasEmitted
  }

  override onCancel(): void {
    this.content.ended = true
  }

  protected next(): T | None {
    return dequeue(this.content.elements)
  }

  protected isDrained(): boolean {
    return this.content.ended && this.content.elements.length === 0
  }

  override save(): { elements: T[]; ended: boolean } {
    return { elements: this.content.elements, ended: this.content.ended }
  }

  override restore({ elements, ended }: { elements: T[]; ended: boolean }): void {
    this.content.elements = elements
    this.content.ended = ended
  }

  /** Called after each change of the content. */
  onContentChange(): void {
    this.markDirty()
    if (this.content.failure) this.failDown(this.content.failure.error)
    else this.drain()
  }
}

/** The step of a `Source.queue` or `Source.maybe`. */
export function queueStep<T>(name: string, content: QueueContent<T>): Step {
  return stageStep(name, "keeps", () => new QueueStage(content))
}
