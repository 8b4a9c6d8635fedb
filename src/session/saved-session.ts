import { lengthOf, type Part } from "./part.ts"
import { decodeParts, encodeParts } from "./saved-parts.ts"

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
  /** The `Offer.attempt` of the request to resume of its socket. A record leaves 0 out. */
  readonly attempt?: number
}

/** The number at the beginning of a record. A release that writes records in another way raises it, and adds a golden file. */
export const sessionLayout = 3

/**
 * A snapshot as one text, because each list and each object in an attachment costs the runtime about 100 ns: the layout, the id and the
 * counts, then what most records do not have, then the messages.
 */
export type SessionRecord = string

/** What most records do not have. */
type Rest = Pick<SessionSnapshot, "end" | "detachedAt" | "heard" | "attempt">

type SessionHead = Omit<SessionSnapshot, "messages">

export const newSnapshot = (id: string): SessionSnapshot => ({
  id,
  received: 0,
  acknowledged: 0,
  sent: 0,
  messages: [],
})

/** @param messages the messages of the snapshot, encoded */
export function encodeSession(snapshot: SessionSnapshot, messages = encodeParts(snapshot.messages)): SessionRecord {
  const { id, received, acknowledged, sent, end, detachedAt, heard, attempt } = snapshot
  const hasRest = end || heard || attempt || detachedAt !== undefined
  const rest = hasRest ? JSON.stringify({ end, detachedAt, heard, attempt: attempt || undefined }) : "{}"
  return `${sessionLayout} ${id} ${received} ${acknowledged} ${sent} ${rest.length} ${rest}${messages}`
}

/** The part of a record before its messages; `undefined` for another layout. */
export function decodeHead(record: unknown): SessionHead | undefined {
  return split(record)?.[0]
}

/** `undefined` for a record of another layout, and for one whose counts contradict its messages. */
export function decodeSession(record: unknown): SessionSnapshot | undefined {
  const [head, encoded = ""] = split(record) ?? []
  const messages = decodeParts(encoded)
  const count = messages?.reduce((sum, part) => sum + lengthOf(part), 0)
  return head && messages && count === head.sent - head.acknowledged ? { ...head, messages } : undefined
}

function split(record: unknown): [head: SessionHead, messages: string] | undefined {
  if (typeof record !== "string") return undefined
  const [head = "", layout, id = "", ...numbers] = /^(\d+) ([\w-]+) (\d+) (\d+) (\d+) (\d+) /.exec(record) ?? []
  if (Number(layout) !== sessionLayout) return undefined
  const [received = 0, acknowledged = 0, sent = 0, length = 0] = numbers.map(Number)
  const start = head.length + length
  try {
    const rest: unknown = JSON.parse(record.slice(head.length, start))
    return [{ id, received, acknowledged, sent, ...(rest as Rest) }, record.slice(start)]
  } catch {
    return undefined
  }
}
