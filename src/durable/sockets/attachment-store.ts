import { isReadable, layout } from "../layout.ts"
import { type Attachment, decodeAttachment, type EncodedAttachment } from "./attachment.ts"

/** The attachment of a socket whose real attachment is too large. It has the key of the row. */
type Spilled = [layout: typeof layout, spilled: { id: string }]

type Storage = Pick<DurableObjectStorage, "kv">

const prefix = "sluice:spill:"

/** The result of reading an attachment that another release or the author has written. */
export const unreadable: unique symbol = Symbol("unreadable")

/**
 * Writes and reads attachments. An attachment that is larger than the runtime's bound, 16,384 serialized bytes, spills to a row of
 * the object's storage.
 */
export class AttachmentStore {
  private readonly spilled = new Set<string>()
  /** Sockets whose connection is over. They may be open until the event is saved. */
  private readonly ended = new WeakSet<WebSocket>()

  constructor(private readonly storage: Storage) {}

  /** Returns whether the attachment fits; if not, spill it. Throws for a value that structured clone refuses. */
  write(socket: WebSocket, id: string, encoded: EncodedAttachment): boolean {
    try {
      socket.serializeAttachment(encoded)
    } catch (error) {
      if (error instanceof DOMException || error instanceof RangeError) throw error
      return false
    }
    this.deleteRow(id)
    return true
  }

  /** `undefined` for a socket whose connection is over. */
  read(socket: WebSocket): Attachment | typeof unreadable | undefined {
    if (this.ended.has(socket)) return undefined
    try {
      const attached: unknown = socket.deserializeAttachment()
      if (attached === null) return undefined
      const id = spilledId(attached)
      if (id !== undefined) this.spilled.add(id)
      return decodeAttachment(id === undefined ? attached : this.storage.kv.get(prefix + id)) ?? unreadable
    } catch {
      // A deeply nested value may have been written with more of the stack left than there is now.
      return unreadable
    }
  }

  /** Whether a socket is open without a connection, because the author has attached `null` to it. */
  isOrphan(socket: WebSocket): boolean {
    return socket.readyState === WebSocket.OPEN && !this.ended.has(socket)
  }

  /** The connection of a socket is over. */
  end(socket: WebSocket, id?: string): void {
    this.ended.add(socket)
    socket.serializeAttachment(null)
    if (id !== undefined) this.deleteRow(id)
  }

  /** Deletes the row of an attachment that is not spilled now. */
  private deleteRow(id: string): void {
    if (this.spilled.delete(id)) this.storage.kv.delete(prefix + id)
  }

  /** Writes an attachment that does not fit to a row. Throws for a value that structured clone refuses. */
  spill(socket: WebSocket, id: string, encoded: EncodedAttachment): void {
    this.storage.kv.put(prefix + id, encoded)
    if (this.spilled.has(id)) return
    this.spilled.add(id)
    socket.serializeAttachment([layout, { id }] satisfies Spilled)
  }

  hasSpilled(id: string): boolean {
    return this.spilled.has(id)
  }

  /** Deletes the rows that a crash has left. Call it when the object has no sockets, because a crash closes all of them. */
  sweep(): void {
    for (const [key] of this.storage.kv.list({ prefix })) {
      if (!this.spilled.has(key.slice(prefix.length))) this.storage.kv.delete(key)
    }
  }
}

function spilledId(attached: unknown): string | undefined {
  if (!isReadable(attached) || typeof attached[1] !== "object" || attached[1] === null) return undefined
  return (attached as Spilled)[1].id
}
