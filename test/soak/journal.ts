/** Numbered entries, from 1 on, of which the last are known. Each object of the kill soak keeps and sends a journal. */
export interface Journal {
  /** The number of the last entry. */
  readonly count: number
  /** The last entries, the oldest first. */
  readonly tail: readonly string[]
}

/** How many entries a journal keeps. */
const kept = 50

export const emptyJournal: Journal = { count: 0, tail: [] }

export function append({ count, tail }: Journal, entry: string): Journal {
  return { count: count + 1, tail: [...tail, entry].slice(-kept) }
}

/** The entries that a journal has, with their numbers. */
export function entriesOf({ count, tail }: Journal): [number: number, entry: string][] {
  return tail.map((entry, index) => [count - tail.length + 1 + index, entry])
}
