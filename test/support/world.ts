import type { SourceQueue } from "../../src/stream/source-queue.ts"
import { show } from "../../src/testing/show.ts"

/** What lies outside a flow and outlives its hibernation: what it has done there, and what it looks at. */
export class World {
  readonly notes: string[] = []
  /** What ticks with a condition ask. */
  running = true
  /** The handle that the running flow made last. */
  queue: SourceQueue<number> | undefined

  note(...words: unknown[]): void {
    this.notes.push(words.map(show).join(" "))
  }
}
