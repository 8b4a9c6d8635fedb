import type { Source } from "./source.ts"
import type { MaybeHandle } from "./source-maybe.ts"
import type { QueueHandle } from "./source-queue.ts"

/** A `Source.queue`: the producer's methods, and the source of the offered elements. */
export interface SourceQueue<T> extends QueueHandle<T> {
  readonly source: Source<T>
}

/** A `Source.maybe`: the producer's methods, and the source of the element. */
export interface SourceMaybe<T> extends MaybeHandle<T> {
  readonly source: Source<T>
}
