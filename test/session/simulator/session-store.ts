import { decodeSession, type SessionRecord, type SessionSnapshot } from "../../../src/session/saved-session.ts"
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

/** The store of sessions: a row each with `durable: true`. Otherwise all is in the attachment, and in the row while there is no socket. */
export class SessionStore {
  constructor(
    private readonly settings: Settings,
    private readonly storage: Storage,
  ) {}

  idOf(link: Link): string | undefined {
    return attachmentOf(link)?.[0]
  }

  has(id: string): boolean {
    return this.storage.get(keyOf(id)) !== undefined
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
    if (session.endCode !== undefined && !storesTheEnd) {
      this.delete(session.id)
      return
    }
    const row: Row = [flow, session.save(hub)]
    if (isDurable || !link) {
      this.storage.put(keyOf(session.id), JSON.stringify(row))
      return
    }
    if (deletesRowOnResume && this.has(session.id)) this.delete(session.id)
    link.attachment = JSON.stringify([session.id, row] satisfies Attachment)
  }

  /** Whether elements of the hub are sent to the client of a hibernating session. */
  isDirect(id: string, link: Link | undefined): boolean {
    return decodeSession(this.rowOf(id, link)?.[1])?.heard !== undefined
  }

  load(id: string, link: Link | undefined): { snapshot: SessionSnapshot; flow: FlowState } | undefined {
    const [flow, record] = this.rowOf(id, link) ?? []
    const snapshot = decodeSession(record)
    return snapshot && flow && { snapshot, flow }
  }

  delete(id: string): void {
    this.storage.put(keyOf(id), undefined)
  }

  private rowOf(id: string, link: Link | undefined): Row | undefined {
    const attached = link && attachmentOf(link)?.[1]
    const stored = this.storage.get(keyOf(id))
    return attached ?? (stored === undefined ? undefined : JSON.parse(stored))
  }
}

const keyOf = (id: string): string => `session/${id}`

function attachmentOf(link: Link): Attachment | undefined {
  return link.attachment === undefined ? undefined : JSON.parse(link.attachment)
}
