import type { Watch } from "../../actor/death-watch.ts"
import type { SessionRecord } from "../../session/saved-session.ts"
import type { SavedConnection } from "../../socket/connection.ts"
import type { ConnectionInfo } from "../../socket/connection-info.ts"
import type { Saved } from "../../stream/run.ts"
import { isReadable, layout, type Stored } from "../layout.ts"
import type { Activity } from "./idle-sweep.ts"

/** What is kept of a socket while its object hibernates. */
export interface Attachment extends FixedPart, MutableState {
  saved: SavedConnection
}

/** What stays the same as long as the socket is open. */
export interface FixedPart {
  id: string
  info: ConnectionInfo
  fingerprint: string
}

/** Fields that are empty for most connections. */
export interface MutableState {
  /** The values of the connection's own cells. */
  cells?: Map<string, unknown>
  /** When its flow is due; left out for never. */
  due?: number
  /** The channels that its flow subscribes to. */
  hubs?: string[]
  /** Its flow depends on what may change outside, such as a cell. */
  dependsOnOutside?: true
  /** The channel, or the path of the actor, whose elements go to the client with no stage in between. */
  direct?: string
  /** The watches between its actors and those outside. */
  crossWatches?: readonly Watch[]
  /** When it becomes idle, if it has an idle timeout. */
  activity?: Activity
  /** The close code that tells its client to come back, if that is not 1012. */
  restarted?: number
  /** Its session, if it outlives its socket. */
  session?: SessionRecord
  /** When its session ends, if it has no socket. */
  expires?: number
  /** Its client takes many messages in one frame. */
  isBatched?: true
  /** Its flow cannot go on: the client was slow, and what waited for it was too large to be written with every event. */
  isLost?: true
}

/**
 * An attachment as it is written. A counter is written with every message, and each list and each object in an attachment costs
 * the runtime about 100 ns, a longer text almost nothing. So it is one flat list, and the fixed part is one text.
 */
export type EncodedAttachment = Stored<
  [
    fixed: string,
    /** 1: open, 2: the input is done, 4: the flow has failed. */
    flags: number,
    guard: SavedConnection["guard"],
    state: MutableState | undefined,
    /** Four entries for each stage. */
    ...run: unknown[],
  ]
>

/** The number of entries of one stage in an encoded attachment. */
const stageWidth = 4

export function encodeFixedPart({ id, info, fingerprint }: FixedPart): string {
  return `${id} ${fingerprint} ${JSON.stringify({ ...info, id: undefined })}`
}

export function encodeAttachment(
  fixed: string,
  { run, guard, isOpen, inputIsDone, hasFailed }: SavedConnection,
  state: MutableState | undefined,
): EncodedAttachment {
  const flags = (isOpen ? 1 : 0) | (inputIsDone ? 2 : 0) | (hasFailed ? 4 : 0)
  const encoded: EncodedAttachment = [layout, fixed, flags, guard, state]
  for (const [position, closed, due, state] of run) encoded.push(position, closed, due, state)
  return encoded
}

/** `undefined` for what is of another layout, or not an attachment of ours. */
export function decodeAttachment(stored: unknown): Attachment | undefined {
  if (!isReadable(stored) || typeof stored[1] !== "string") return undefined
  const [, fixed, flags, guard, state, ...stages] = stored as EncodedAttachment
  const [id = "", fingerprint = "", ...info] = fixed.split(" ")
  const run: Saved[] = []
  for (let at = 0; at < stages.length; at += stageWidth) run.push(stages.slice(at, at + stageWidth) as Saved)
  const saved = { run, guard, isOpen: (flags & 1) !== 0, inputIsDone: (flags & 2) !== 0, hasFailed: (flags & 4) !== 0 }
  try {
    const decoded = { id, info: { id, ...JSON.parse(info.join(" ")) }, fingerprint, saved, ...state }
    return isAttachment(decoded) ? decoded : undefined
  } catch {
    return undefined
  }
}

/** Whether the fields that events of other connections look at are what they should be: the author can attach anything. */
function isAttachment({ info, hubs = [], crossWatches = [], activity }: Attachment): boolean {
  return (
    typeof info.url === "string" &&
    Array.isArray(hubs) &&
    Array.isArray(crossWatches) &&
    (activity === undefined || typeof activity.at === "number")
  )
}
