import type { SavedConnection } from "../socket/connection.ts"
import type { ConnectionFacts } from "../socket/facts.ts"

/** What is kept of a socket while its object sleeps. */
export interface Attachment {
  id: string
  facts: ConnectionFacts
  fingerprint: string
  saved: SavedConnection
  /** When its flow is due; left out for never. */
  due?: number
  /** The hubs that its flow listens to. */
  hubs?: string[]
  /** Its flow depends on what may change outside. */
  watches?: true
  /** The hub whose elements go to the client with no stage in between. */
  direct?: string
}

/** An attachment that was too large has its state in storage. */
type Attached = Attachment | (Omit<Attachment, "saved"> & { spilled: true })

type Storage = Pick<DurableObjectStorage, "kv">

/** Structured clone, as the runtime counts it: PLATFORM says 16,384 bytes, and more throws. */
const spillKey = (id: string) => `sluice:spill:${id}`

/** Writes and reads what is attached to sockets; what does not fit goes to the object's storage. */
export class Attachments {
  private readonly spilled = new Set<string>()

  constructor(private readonly storage: Storage) {}

  write(socket: WebSocket, attachment: Attachment): void {
    try {
      socket.serializeAttachment(attachment)
      this.clear(attachment.id)
    } catch {
      const { saved, ...rest } = attachment
      this.storage.kv.put(spillKey(attachment.id), saved)
      this.spilled.add(attachment.id)
      socket.serializeAttachment({ ...rest, spilled: true })
    }
  }

  read(socket: WebSocket): Attachment | undefined {
    const attached: Attached | null = socket.deserializeAttachment()
    if (!attached || !("spilled" in attached)) return attached ?? undefined
    this.spilled.add(attached.id)
    const saved = this.storage.kv.get<SavedConnection>(spillKey(attached.id))
    return saved && { ...attached, saved }
  }

  /** The socket is gone, or its state fits again. */
  clear(id: string): void {
    if (this.spilled.delete(id)) this.storage.kv.delete(spillKey(id))
  }
}
