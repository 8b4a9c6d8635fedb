import type { SavedConnection } from "../socket/connection.ts"
import type { ConnectionFacts } from "../socket/facts.ts"
import type { Attachment } from "./attachment.ts"

/**
 * An attachment as it is written: a list is serialised in half the time of objects with the same in them, and one that keeps a
 * counter is written with every message. The facts never change, so they are made a text once.
 */
export type Folded = [
  id: string,
  facts: string,
  fingerprint: string,
  run: SavedConnection["run"],
  /** 1: open, 2: its input is done, 4: its flow has failed. */
  flags: number,
  guard: SavedConnection["guard"],
  others: Others | undefined,
]
/** What most connections have nothing of. */
export type Others = Omit<Attachment, "id" | "facts" | "fingerprint" | "saved">

/** The facts as they are written. */
export function textOf(facts: ConnectionFacts): string {
  return JSON.stringify(facts)
}

export function fold(
  { id, facts, fingerprint }: { id: string; facts: string; fingerprint: string },
  { run, guard, isOpen, inputIsDone, hasFailed }: SavedConnection,
  others: Others | undefined,
): Folded {
  const flags = (isOpen ? 1 : 0) | (inputIsDone ? 2 : 0) | (hasFailed ? 4 : 0)
  return [id, facts, fingerprint, run, flags, guard, others]
}

export function unfold([id, facts, fingerprint, run, flags, guard, others]: Folded): Attachment {
  const saved = { run, guard, isOpen: (flags & 1) !== 0, inputIsDone: (flags & 2) !== 0, hasFailed: (flags & 4) !== 0 }
  return { id, facts: JSON.parse(facts), fingerprint, saved, ...others }
}
