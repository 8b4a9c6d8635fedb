import type { Data } from "./frame.ts"

/** The close of a session whose flow has ended. */
export interface SessionEnd {
  readonly code: number
  readonly reason: string
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
  readonly messages: readonly Data[]
  readonly end?: SessionEnd
  /** When the socket was lost. `undefined` with a socket. */
  readonly detachedAt?: number
}

/** The number at the beginning of a record. A release that writes records in another way raises it, and adds a golden file. */
export const sessionLayout = 1

/** A snapshot as JSON. A binary message is its base64 in an array. */
export type SessionRecord = readonly [
  layout: typeof sessionLayout,
  id: string,
  received: number,
  acknowledged: number,
  sent: number,
  messages: readonly (string | readonly [base64: string])[],
  end: readonly [code: number, reason: string] | null,
  detachedAt: number | null,
]

export const newSnapshot = (id: string): SessionSnapshot => ({
  id,
  received: 0,
  acknowledged: 0,
  sent: 0,
  messages: [],
})

export function encodeSession(snapshot: SessionSnapshot): SessionRecord {
  const { id, received, acknowledged, sent, messages, end, detachedAt } = snapshot
  return [
    sessionLayout,
    id,
    received,
    acknowledged,
    sent,
    messages.map((message) => (typeof message === "string" ? message : [toBase64(message)])),
    end ? [end.code, end.reason] : null,
    detachedAt ?? null,
  ]
}

/**
 * Decodes the records of a session, oldest first: one full record, or one for each change. `undefined` if a record has another
 * layout, or if no record has an unacknowledged message: such a session cannot be resumed.
 */
export function decodeSession(records: readonly unknown[]): SessionSnapshot | undefined {
  if (!records.every(isReadable)) return undefined
  const last = records.at(-1)
  if (!last) return undefined
  const [, id, received, acknowledged, sent, , end, detachedAt] = last
  const messages: Data[] = []
  for (const [, , , , lastNumber, part] of records) {
    part.forEach((message, index) => {
      const number = lastNumber - part.length + 1 + index
      const position = number - acknowledged - 1
      if (position >= 0) messages[position] = typeof message === "string" ? message : fromBase64(message[0])
    })
  }
  // A hole has no key.
  if (Object.keys(messages).length !== sent - acknowledged) return undefined
  return {
    id,
    received,
    acknowledged,
    sent,
    messages,
    end: end ? { code: end[0], reason: end[1] } : undefined,
    detachedAt: detachedAt ?? undefined,
  }
}

/** Whether all messages of a record are acknowledged by a later record, so that the row may be deleted or written over. */
export function isObsolete([, , , , sent]: SessionRecord, [, , , acknowledged]: SessionRecord): boolean {
  return sent <= acknowledged
}

function isReadable(record: unknown): record is SessionRecord {
  return Array.isArray(record) && record[0] === sessionLayout
}

function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}
