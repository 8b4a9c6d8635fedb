import type { Findings } from "./findings.ts"
import type { Observed } from "./observed.ts"
import { ObservedBeats } from "./observed-beats.ts"
import { AskedJournal, ObservedJournal } from "./observed-journal.ts"
import { ObservedPresence } from "./observed-presence.ts"
import { ObservedRoom } from "./observed-room.ts"
import { ObservedSessions } from "./observed-session.ts"
import { ObservedStopwatch } from "./observed-stopwatch.ts"
import { ObservedTimers } from "./observed-timers.ts"

/** The kinds of objects that a kill must not harm, by the first part of their addresses. */
export const kinds: Record<string, (id: string, findings: Findings) => Observed> = {
  room: (id, findings) => new ObservedRoom(`/room/${id}`, findings),
  cell: (id, findings) => new ObservedJournal(`/cell/${id}`, findings),
  graph: (id, findings) => new ObservedJournal(`/graph/${id}`, findings),
  actor: (id, findings) => new AskedJournal(`/actor/${id}`, `/ask/${id}`, findings),
  child: (id, findings) => new ObservedJournal(`/child/${id}`, findings),
  presence: (id, findings) => new ObservedPresence(`/presence/${id}`, findings),
  timer: (id, findings) => new ObservedTimers(`/timer/${id}`, findings),
  beat: (id, findings) => new ObservedBeats(`/beat/${id}`, findings),
  session: (id, findings) => new ObservedSessions(`/session/${id}`, findings),
  stopwatch: (id, findings) => new ObservedStopwatch(`/stopwatch/${id}`, findings),
}

/** So many objects of each kind. */
export function observedObjects(count: number, findings: Findings): Observed[] {
  const ids = Array.from({ length: count }, (_, id) => String(id))
  return Object.values(kinds).flatMap((observed) => ids.map((id) => observed(id, findings)))
}
