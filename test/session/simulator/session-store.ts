import { isObsolete, type SessionRecord, type SessionSnapshot } from "../../../src/session/saved-session.ts"
import type { ServerSession } from "../../../src/session/server-session.ts"
import type { Link } from "./link.ts"
import type { Settings } from "./settings.ts"
import type { FlowState } from "./simulated-flow.ts"
import { hubName } from "./simulated-hub.ts"
import type { Storage } from "./storage.ts"

/** A session in memory, with its flow and its socket. */
export interface Entry {
  readonly session: ServerSession
  readonly flow: FlowState
  link: Link | undefined
  isFlowDirty: boolean
  /** Whether the client gets each element of the hub at once. */
  isDirect: boolean
}

type Row = [flow: FlowState, record: SessionRecord]
type Attachment = [id: string, row?: Row]

/**
 * The store of sessions. `durable: true` adds a row for each event that changes something, and deletes those whose messages are
 * acknowledged. Otherwise all is in the attachment, and in one row while there is no socket.
 */
export class SessionStore {
  private rows = 0

  constructor(
    private readonly settings: Settings,
    private readonly storage: Storage,
  ) {}

  idOf(link: Link): string | undefined {
    return attachmentOf(link)?.[0]
  }

  has(id: string): boolean {
    return this.keys(id).length > 0
  }

  ids(): string[] {
    return this.storage.keys("session/").map((key) => key.split("/")[1] ?? "")
  }

  attach(link: Link, { session }: Entry): void {
    link.attachment = JSON.stringify([session.id] satisfies Attachment)
  }

  store({ session, flow: inMemory, link, isDirect }: Entry): void {
    const hub = isDirect ? hubName : undefined
    const flow = isDirect ? { ...inMemory, position: undefined } : inMemory
    const { isDurable, deletesRowOnResume, storesTheEnd } = this.settings
    const old = this.keys(session.id)
    if (session.endCode !== undefined && !storesTheEnd) {
      this.delete(session.id)
    } else if (isDurable) {
      const record = session.saveChange(hub)
      for (const key of old) {
        const row = this.rowAt(key)
        if (row && isObsolete(row[1], record)) this.storage.put(key, undefined)
      }
      this.put(session.id, [flow, record])
    } else {
      const row: Row = [flow, session.save(hub)]
      if (!link || deletesRowOnResume) for (const key of old) this.storage.put(key, undefined)
      if (link) link.attachment = JSON.stringify([session.id, row] satisfies Attachment)
      else this.put(session.id, row)
    }
  }

  /** Whether elements of the hub are sent to the client of a hibernating session. */
  isDirect(id: string, link: Link | undefined): boolean {
    return this.rowsOf(id, link).at(-1)?.[1][8] !== undefined
  }

  load(id: string, link: Link | undefined): { snapshot: SessionSnapshot; flow: FlowState } | undefined {
    const rows = this.rowsOf(id, link)
    const flow = rows.at(-1)?.[0]
    const snapshot = this.settings.restore(rows.map((row) => row?.[1] ?? []))
    return snapshot && flow && { snapshot, flow }
  }

  delete(id: string): void {
    for (const key of this.keys(id)) this.storage.put(key, undefined)
  }

  private rowsOf(id: string, link: Link | undefined): (Row | undefined)[] {
    const attached = link && attachmentOf(link)?.[1]
    return attached ? [attached] : this.keys(id).map((key) => this.rowAt(key))
  }

  private keys(id: string): string[] {
    return this.storage.keys(`session/${id}/`)
  }

  private rowAt(key: string): Row | undefined {
    const value = this.storage.get(key)
    return value === undefined ? undefined : JSON.parse(value)
  }

  private put(id: string, row: Row): void {
    this.storage.put(`session/${id}/${this.rows++}`, JSON.stringify(row))
  }
}

function attachmentOf(link: Link): Attachment | undefined {
  return link.attachment === undefined ? undefined : JSON.parse(link.attachment)
}
