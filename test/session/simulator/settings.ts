import { ClientSession } from "../../../src/session/client-session.ts"
import type { Data, TextFormat } from "../../../src/session/frame.ts"
import { ServerSession } from "../../../src/session/server-session.ts"
import type { Packet } from "./link.ts"

/** The simulated system, and its faults. */
export interface Settings {
  isDurable: boolean
  /** Bytes. */
  window: number
  maxInFlight: number
  /** Milliseconds. */
  within: number
  /** `mixed` sends every other message as bytes. */
  messages: "text" | "json" | "mixed"
  /** How many elements the log of the hub keeps; 0 for no hub. */
  keep: number

  // The places of the faults.
  Server: typeof ServerSession
  Client: typeof ClientSession
  /** Whether a packet is sent before the writes that it depends on are durable. */
  leaks: (packet: Packet) => boolean
  storesEffectsApart: boolean
  cutsOff: boolean
  deletesRowOnResume: boolean
  storesTheEnd: boolean
  honoursWithin: boolean
  reportsResync: boolean
  givesUnhandledBack: boolean
  /** Whether a session is written that an element excludes. */
  writesExcluded: boolean
  /** Whether a session that is restored while an element is published counts it. */
  countsPublishing: boolean
  storesElementsApart: boolean
  /** Whether a slow client counts as one that gets each element at once. */
  followsWhileSlow: boolean
  rewindsFlow: boolean
}

export const sound: Settings = {
  isDurable: true,
  window: 65_536,
  maxInFlight: 128,
  within: 1e9,
  messages: "text",
  keep: 0,
  Server: ServerSession,
  Client: ClientSession,
  leaks: () => false,
  storesEffectsApart: false,
  cutsOff: true,
  deletesRowOnResume: true,
  storesTheEnd: true,
  honoursWithin: true,
  reportsResync: true,
  givesUnhandledBack: true,
  writesExcluded: true,
  countsPublishing: false,
  storesElementsApart: false,
  followsWhileSlow: false,
  rewindsFlow: true,
}

export const formatOf = ({ messages }: Settings): TextFormat => (messages === "json" ? "json" : "text")

/** A message as a codec would encode it. */
export function encoded(body: string, { messages }: Settings): Data {
  if (messages === "json") return JSON.stringify({ body })
  return messages === "mixed" && body.length % 2 === 0 ? new TextEncoder().encode(body) : body
}

/** Decodes a message of a frame, or an unconfirmed message of a client. */
export function decoded(message: unknown, { messages }: Settings): string {
  if (message instanceof Uint8Array) return new TextDecoder().decode(message)
  if (messages !== "json") return String(message)
  const { body } = (typeof message === "string" ? JSON.parse(message) : message) as { body: string }
  return body
}
