import type { Data } from "./frame.ts"
import { isElements, lengthOf, type Part, Tail } from "./sequence.ts"

/** The close of a session whose flow has ended. */
export interface SessionEnd {
  readonly code: number
  readonly reason: string
}

/** The next element of a hub whose elements a session gets without a record. */
export interface Heard {
  readonly hub: string
  readonly next: number
}

/** The state of a server's session that outlives its socket and its object's memory. */
export interface SessionSnapshot {
  readonly id: string
  /** How many messages the client has sent. */
  readonly received: number
  /** How many messages of the server the client has. */
  readonly acknowledged: number
  /** How many messages the server has sent. */
  readonly sent: number
  /** The last messages, up to the number `sent`. */
  readonly messages: readonly Part[]
  readonly end?: SessionEnd
  /** When the socket was lost. `undefined` with a socket. */
  readonly detachedAt?: number
  /** The hub's elements from this one on follow the last message. */
  readonly heard?: Heard
}

/** The number at the beginning of a record. A release that writes records in another way raises it, and adds a golden file. */
export const sessionLayout = 2

/** Layout 1 has no elements of hubs. */
const layouts: readonly unknown[] = [1, sessionLayout]

/** A text, a binary message as base64, or elements of a hub. */
type SavedPart = string | readonly [base64: string] | readonly [hub: string, from: number, count: number]

/** A snapshot as JSON. */
export type SessionRecord = readonly [
  layout: number,
  id: string,
  received: number,
  acknowledged: number,
  sent: number,
  messages: readonly SavedPart[],
  end: readonly [code: number, reason: string] | null,
  detachedAt: number | null,
  heard?: readonly [hub: string, next: number],
]

export const newSnapshot = (id: string): SessionSnapshot => ({
  id,
  received: 0,
  acknowledged: 0,
  sent: 0,
  messages: [],
})

export function encodeSession(snapshot: SessionSnapshot): SessionRecord {
  const { id, received, acknowledged, sent, messages, end, detachedAt, heard } = snapshot
  const [savedEnd, parts] = [end ? ([end.code, end.reason] as const) : null, messages.map(encodePart)]
  const record = [sessionLayout, id, received, acknowledged, sent, parts, savedEnd, detachedAt ?? null] as const
  return heard ? [...record, [heard.hub, heard.next]] : record
}

/**
 * Decodes the records of a session, oldest first: one full record, or one for each change. `undefined` if a record has another
 * layout, or if no record has an unacknowledged message: such a session cannot be resumed.
 */
export function decodeSession(records: readonly unknown[]): SessionSnapshot | undefined {
  if (!records.every(isReadable)) return undefined
  const last = records.at(-1)
  if (!last) return undefined
  const [, id, received, acknowledged, sent, , end, detachedAt, heard] = last
  let tail = new Tail()
  for (const [, , , , lastNumber, saved] of records) {
    const parts = saved.map(decodePart)
    const before = lastNumber - parts.reduce((count, part) => count + lengthOf(part), 0)
    if (tail.canResumeAfter(before)) tail.truncate(before)
    else tail = new Tail(undefined, before)
    for (const part of parts) tail.push(part)
  }
  if (!tail.canResumeAfter(acknowledged)) return undefined
  return {
    id,
    received,
    acknowledged,
    sent,
    messages: tail.after(acknowledged),
    end: end ? { code: end[0], reason: end[1] } : undefined,
    detachedAt: detachedAt ?? undefined,
    heard: heard && { hub: heard[0], next: heard[1] },
  }
}

/** When the socket of a session was lost; `undefined` with a socket. */
export function detachedAtOf([, , , , , , , detachedAt]: SessionRecord): number | undefined {
  return detachedAt ?? undefined
}

/** Whether all messages of a record are acknowledged by a later record, so that the row may be deleted or written over. */
export function isObsolete([, , , , sent]: SessionRecord, [, , , acknowledged]: SessionRecord): boolean {
  return sent <= acknowledged
}

function isReadable(record: unknown): record is SessionRecord {
  return Array.isArray(record) && layouts.includes(record[0])
}

function encodePart(part: Part): SavedPart {
  if (isElements(part)) return [part.hub, part.from, part.count]
  return typeof part === "string" ? part : [toBase64(part)]
}

function decodePart(saved: SavedPart): Part {
  if (typeof saved === "string") return saved
  const [first, from, count] = saved
  return from === undefined || count === undefined ? fromBase64(first) : { hub: first, from, count }
}

function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))
}

function fromBase64(text: string): Data {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}
