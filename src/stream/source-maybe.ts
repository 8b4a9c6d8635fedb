import type { QueueContent } from "./stages/queue.ts"

/** The producer's side of a `Source.maybe`. Only the first call has an effect. Each call returns whether the source was open. */
export class MaybeHandle<T> {
  constructor(private readonly content: QueueContent<T>) {}

  /** For errors and logs. */
  get [Symbol.toStringTag](): "SourceMaybe" {
    return "SourceMaybe"
  }

  /** Completes the source after `element`; without an argument at once. */
  complete(...element: [] | [element: T]): boolean {
    return this.content.end(...element)
  }

  /** Fails the source at once. */
  fail(error: unknown): boolean {
    return this.content.fail(error)
  }
}
