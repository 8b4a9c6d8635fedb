import type { SavedConnection } from "../socket/connection.ts"
import type { Saved } from "../stream/run.ts"
import type { Attachment } from "./attachment.ts"

/**
 * An attachment as it is written: one that keeps a counter is written with every message, and each list and each object in it
 * costs the runtime about 100 ns, a longer text almost nothing. So it is one list, in which what never changes is one text.
 */
export type Folded = [
  unchanging: string,
  /** 1: open, 2: its input is done, 4: its flow has failed. */
  flags: number,
  guard: SavedConnection["guard"],
  others: Others | undefined,
  /** One stage after the other. */
  ...run: unknown[],
]
/** What most connections have nothing of. */
export type Others = Omit<Attachment, keyof Unchanging | "saved">
type Unchanging = Pick<Attachment, "id" | "facts" | "fingerprint">

/** What never changes of an attachment, as it is written. */
export function textOf({ id, facts, fingerprint }: Unchanging): string {
  return `${id} ${fingerprint} ${JSON.stringify(facts)}`
}

export function fold(
  unchanging: string,
  { run, guard, isOpen, inputIsDone, hasFailed }: SavedConnection,
  others: Others | undefined,
): Folded {
  const flags = (isOpen ? 1 : 0) | (inputIsDone ? 2 : 0) | (hasFailed ? 4 : 0)
  const folded: Folded = [unchanging, flags, guard, others]
  for (const [position, closed, due, state] of run) folded.push(position, closed, due, state)
  return folded
}

export function unfold([unchanging, flags, guard, others, ...stages]: Folded): Attachment {
  const [id = "", fingerprint = "", ...facts] = unchanging.split(" ")
  const run: Saved[] = []
  for (let at = 0; at < stages.length; at += 4) run.push(stages.slice(at, at + 4) as Saved)
  const saved = { run, guard, isOpen: (flags & 1) !== 0, inputIsDone: (flags & 2) !== 0, hasFailed: (flags & 4) !== 0 }
  return { id, facts: JSON.parse(facts.join(" ")), fingerprint, saved, ...others }
}
