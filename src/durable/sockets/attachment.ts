import type { Watch } from "../../actor/death-watch.ts"
import { decodeHead, type SessionRecord } from "../../session/saved-session.ts"
import type { ConnectionInfo } from "../../socket/connection-info.ts"
import type { SavedConnection } from "../../socket/target.ts"
import type { Saved } from "../../stream/engine/run.ts"
import { isReadable, layout, type Stored } from "../layout.ts"
import type { Activity } from "./idle-sweep.ts"

/** The state of a socket while its flow is not in memory. */
export interface Attachment extends FixedPart, Omit<MutableState, "direct" | "isLost"> {
  saved: SavedConnection
  /** The channels, and the paths of the actors, whose elements go to the client unchanged. */
  directSources?: readonly string[] | undefined
  /** Its flow cannot go on: see `MutableState.isLost`. */
  isUnrecoverable?: true
}

/** The part of an attachment that does not change while the socket is open. */
export interface FixedPart {
  id: string
  info: ConnectionInfo
  fingerprint: string
}

/** The part of an attachment that changes, as it is stored. Its fields are empty for most connections. */
export interface MutableState {
  /** The values of the connection's own cells. */
  cells?: Map<string, unknown>
  /** When the timer of its flow is due, in milliseconds since the epoch; left out for no timer. */
  due?: number
  /** The channels that its flow subscribes to. */
  hubs?: string[]
  /** Its flow depends on something outside, such as a cell. */
  dependsOnOutside?: true
  /** See `Attachment.directSources`. A list only if there are several. */
  direct?: string | readonly string[]
  /** The watches between its actors and those outside. */
  crossWatches?: readonly Watch[]
  /** When its client was last active, if the endpoint has an idle timeout. */
  activity?: Activity
  /** The close code for "restarted", if it is not 1012. */
  restarted?: number
  /** Its session, if it outlives its socket. */
  session?: SessionRecord
  /** When its session ends, if it has no socket, in milliseconds since the epoch. */
  expires?: number
  /** Its client takes many messages in one frame. */
  isBatched?: true
  /** Its flow cannot go on: the client was slow, and the waiting messages were too large to be written with every event. */
  isLost?: true
}

/**
 * An attachment as it is written: one flat list, with the fixed part as one text. A counter is written with every message, and each
 * list and each object in an attachment costs the runtime about 100 ns, but a longer text almost nothing.
 */
export type EncodedAttachment = Stored<
  [
    fixed: string,
    /** 1: open, 2: the input is done, 4: the flow has failed. */
    flags: number,
    guard: SavedConnection["guard"],
    state: MutableState | SessionRecord | undefined,
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
  state: MutableState,
): EncodedAttachment {
  const flags = (isOpen ? 1 : 0) | (inputIsDone ? 2 : 0) | (hasFailed ? 4 : 0)
  const encoded: EncodedAttachment = [layout, fixed, flags, guard, withoutObject(state)]
  for (const [position, closed, due, state] of run) encoded.push(position, closed, due, state)
  return encoded
}

/** The record of a session alone, or nothing, because an object around it would cost the runtime about 100 ns. */
function withoutObject(state: MutableState): MutableState | SessionRecord | undefined {
  for (const key in state) if (key !== "session") return state
  return state.session
}

const toObject = (state: MutableState | SessionRecord = {}): MutableState =>
  typeof state === "string" ? { session: state } : state

/** `undefined` for an attachment of another layout, and for a value that the author has attached. */
export function decodeAttachment(stored: unknown): Attachment | undefined {
  if (!isReadable(stored) || typeof stored[1] !== "string") return undefined
  const [, fixed, flags, guard, state, ...stages] = stored as EncodedAttachment
  const [id = "", fingerprint = "", ...info] = fixed.split(" ")
  const run: Saved[] = []
  for (let at = 0; at < stages.length; at += stageWidth) run.push(stages.slice(at, at + stageWidth) as Saved)
  const saved = { run, guard, isOpen: (flags & 1) !== 0, inputIsDone: (flags & 2) !== 0, hasFailed: (flags & 4) !== 0 }
  try {
    const { direct, isLost: isUnrecoverable, ...others } = toObject(state)
    const directSources = direct === undefined ? undefined : [direct].flat()
    const parsed: ConnectionInfo = { id, ...JSON.parse(info.join(" ")) }
    const decoded = { ...others, id, info: parsed, fingerprint, saved, directSources, isUnrecoverable }
    return isAttachment(decoded) ? decoded : undefined
  } catch {
    return undefined
  }
}

/** When the session in a stored attachment has lost its socket; `Infinity` for one that has not, as before a crash. */
export function detachOf(stored: unknown): { detachedAt: number; hasEnded: boolean } {
  const [, , , , state] = isReadable(stored) ? (stored as EncodedAttachment) : []
  const { detachedAt = Infinity, end } = decodeHead(toObject(state).session) ?? {}
  return { detachedAt, hasEnded: end !== undefined }
}

/** Checks the fields that events of other connections read, because the author can attach anything. */
function isAttachment({ info, hubs = [], crossWatches = [], activity }: Attachment): boolean {
  return (
    typeof info.url === "string" &&
    Array.isArray(hubs) &&
    Array.isArray(crossWatches) &&
    (activity === undefined || typeof activity.at === "number")
  )
}

/** Whether an attachment has one of the watches. */
export function hasOneOf({ crossWatches = [] }: Attachment, watches: readonly Watch[]): boolean {
  return crossWatches.some((own) =>
    watches.some((watch) => own.watcher === watch.watcher && own.watched === watch.watched),
  )
}
