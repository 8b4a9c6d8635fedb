interface OfferTarget {
  offer(element: number): string
  complete(): void
}

/** The state outside of a flow, which survives its hibernation: its side effects, and its inputs. */
export class TestEnvironment {
  readonly notes: string[] = []
  /** The condition of ticks. */
  running = true
  /** The last queue, or source with the same use, that the running flow created. */
  queue: OfferTarget | undefined

  note(...words: unknown[]): void {
    this.notes.push(words.map(show).join(" "))
  }
}

/** A value as JSON, errors as name and message, because only these two are saved. */
export function show(value: unknown): string {
  return (
    JSON.stringify(value, (_, part) => (part instanceof Error ? `${part.name}: ${part.message}` : part)) ?? "nothing"
  )
}
