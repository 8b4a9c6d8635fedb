import type { OfferResult, QueueContent } from "./stages/queue.ts"

/** The producer's side of a `Source.queue`. */
export class QueueHandle<T> {
  constructor(private readonly content: QueueContent<T>) {}

  /** For errors and logs. */
  get [Symbol.toStringTag](): "SourceQueue" {
    return "SourceQueue"
  }

  /**
   * Offers an element. The result is `"enqueued"`; `"dropped"` if this element was dropped (`dropNew`); `"failed"` if the
   * queue was full and its strategy is `fail`, in which case the source fails with a `BufferOverflowError`; or `"closed"` if the
   * source had ended.
   */
  offer(element: T): OfferResult {
    return this.content.offer(element)
  }

  /** Completes the source after the queued elements. */
  complete(): void {
    this.content.end()
  }

  /** Fails the source at once and drops the queued elements. */
  fail(error: unknown): void {
    this.content.fail(error)
  }
}
