import { isReadable, layout } from "../layout.ts"
import { DetachedSocket, sessionPrefix } from "../sessions/detached-socket.ts"
import { type Attachment, decodeAttachment, type EncodedAttachment } from "./attachment.ts"
import type { ObjectSocket } from "./object-socket.ts"

/** Stands for an attachment that is in a row, because it is too large or because its session is durable. */
type Stored = [layout: typeof layout, row: { id: string; isSession?: true }]

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
  /** Sockets whose attachment refers to the row of a durable session. */
  private readonly stored = new WeakSet<ObjectSocket>()
  /** Sockets whose connection is over. They may be open until the event is saved. */
  private readonly ended = new WeakSet<ObjectSocket>()

  constructor(private readonly storage: Storage) {}

  /** Returns whether the attachment fits; if not, spill it. Throws for a value that structured clone refuses. */
  write(socket: ObjectSocket, id: string, encoded: EncodedAttachment): boolean {
    try {
      socket.serializeAttachment(encoded)
    } catch (error) {
      if (error instanceof DOMException || error instanceof RangeError) throw error
      return false
    }
    this.deleteRow(id)
    return true
  }

  /** Writes the attachment of a durable session to its row. Throws for a value that structured clone refuses. */
  writeDurable(socket: ObjectSocket, id: string, encoded: EncodedAttachment): void {
    this.storage.kv.put(sessionPrefix + id, encoded)
    if (socket instanceof DetachedSocket || this.stored.has(socket)) return
    this.stored.add(socket)
    socket.serializeAttachment([layout, { id, isSession: true }] satisfies Stored)
  }

  /** `undefined` for a socket whose connection is over. */
  read(socket: ObjectSocket): Attachment | typeof unreadable | undefined {
    if (this.ended.has(socket)) return undefined
    try {
      const attached: unknown = socket.deserializeAttachment()
      if (attached === null) return undefined
      const { id, isSession } = rowOf(attached) ?? {}
      if (id !== undefined && !isSession) this.spilled.add(id)
      const key = (isSession ? sessionPrefix : prefix) + id
      return decodeAttachment(id === undefined ? attached : this.storage.kv.get(key)) ?? unreadable
    } catch {
      // Reading a deeply nested value can overflow the stack although writing it did not.
      return unreadable
    }
  }

  /** Whether a socket is open without a connection, because the author has attached `null` to it. */
  isOrphan(socket: ObjectSocket): boolean {
    return socket.readyState === WebSocket.OPEN && !this.ended.has(socket)
  }

  /** The connection of a socket is over. */
  end(socket: ObjectSocket, id?: string): void {
    const isStored = this.stored.has(socket) || (id !== undefined && rowOf(socket.deserializeAttachment())?.isSession)
    this.leave(socket)
    if (id === undefined) return
    this.deleteRow(id)
    if (isStored) this.storage.kv.delete(sessionPrefix + id)
  }

  /** The session of a socket goes on without it. */
  leave(socket: ObjectSocket): void {
    this.ended.add(socket)
    socket.serializeAttachment(null)
  }

  /** Deletes the row of an attachment that is not spilled now. */
  private deleteRow(id: string): void {
    if (this.spilled.delete(id)) this.storage.kv.delete(prefix + id)
  }

  /** Writes an attachment that does not fit to a row. Throws for a value that structured clone refuses. */
  spill(socket: ObjectSocket, id: string, encoded: EncodedAttachment): void {
    this.storage.kv.put(prefix + id, encoded)
    if (this.spilled.has(id)) return
    this.spilled.add(id)
    socket.serializeAttachment([layout, { id }] satisfies Stored)
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

/** The row that an attachment is in. */
function rowOf(attached: unknown): Stored[1] | undefined {
  if (!isReadable(attached) || typeof attached[1] !== "object" || attached[1] === null) return undefined
  return (attached as Stored)[1]
}
