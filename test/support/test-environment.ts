import type { SourceQueue } from "../../src/stream/source-queue.ts"

/** What lies outside a flow and outlives its hibernation: what it has done there, and what it looks at. */
export class TestEnvironment {
  readonly notes: string[] = []
  /** What ticks with a condition ask. */
  running = true
  /** The handle that the running flow made last. */
  queue: SourceQueue<number> | undefined

  note(...words: unknown[]): void {
    this.notes.push(words.map(show).join(" "))
  }
}

/** Errors by name and message: that is what is kept of them. */
export function show(value: unknown): string {
  return (
    JSON.stringify(value, (_, part) => (part instanceof Error ? `${part.name}: ${part.message}` : part)) ?? "nothing"
  )
}
