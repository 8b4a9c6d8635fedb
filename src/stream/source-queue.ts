import type { Source } from "./source.ts"
import type { OfferResult, QueueContent } from "./stages/queue.ts"

/** The handle of a `Source.queue`. */
export class SourceQueue<T> {
  constructor(
    private readonly content: QueueContent<T>,
    readonly source: Source<T>,
  ) {}

  /**
   * Offers an element and tells what became of it: `"enqueued"`, `"dropped"` (this one, by `dropNew`), `"failed"` (the
   * queue was full and has failed with a `BufferOverflowError`) or `"closed"`.
   */
  offer(element: T): OfferResult {
    return this.content.offer(element)
  }

  /** No more elements; those that are queued are still emitted. */
  complete(): void {
    this.content.end()
  }

  /** Fails the source at once; what is queued is lost. */
  fail(error: unknown): void {
    this.content.end({ error })
  }
}
