import { isReadable, layout } from "../layout.ts"
import { sessionPrefix } from "../sessions/detached-socket.ts"
import { type Attachment, decodeAttachment, type EncodedAttachment } from "./attachment.ts"
import type { ObjectSocket } from "./object-socket.ts"
import { StoredSocket } from "./stored-socket.ts"

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
  /** The keys of the rows that connections have, by the ids of the connections. */
  private readonly rows = new Map<string, string>()
  /** The key of the row that the attachment of a socket refers to. */
  private readonly references = new WeakMap<ObjectSocket, string>()
  /** Sockets whose connection is over. They may be open until the event is saved. */
  private readonly ended = new WeakSet<ObjectSocket>()

  constructor(private readonly storage: Storage) {}

  /** Returns whether the attachment fits; if not, spill it. Throws for a value that structured clone or storage refuses. */
  write(socket: ObjectSocket, id: string, encoded: EncodedAttachment): boolean {
    try {
      socket.serializeAttachment(encoded)
    } catch (error) {
      if (socket instanceof StoredSocket || error instanceof DOMException || error instanceof RangeError) throw error
      return false
    }
    if (socket instanceof StoredSocket) this.keepRow(id, socket.key)
    else if (this.rows.has(id)) {
      this.references.delete(socket)
      this.keepRow(id, undefined)
    }
    return true
  }

  /** Writes the attachment of a durable session to its row. Throws for a value that structured clone refuses. */
  writeDurable(socket: ObjectSocket, id: string, encoded: EncodedAttachment): void {
    this.putRow(sessionPrefix + id, id, encoded)
    if (!(socket instanceof StoredSocket)) this.refer(socket, sessionPrefix + id, { id, isSession: true })
  }

  /** `undefined` for a socket whose connection is over. */
  read(socket: ObjectSocket): Attachment | typeof unreadable | undefined {
    if (this.ended.has(socket)) return undefined
    try {
      const attached: unknown = socket.deserializeAttachment()
      if (attached === null) return undefined
      if (socket instanceof StoredSocket) this.rows.set(socket.id, socket.key)
      const { id, isSession } = rowOf(attached) ?? {}
      if (id === undefined) return decodeAttachment(attached) ?? unreadable
      const key = (isSession ? sessionPrefix : prefix) + id
      this.rows.set(id, key)
      this.references.set(socket, key)
      return decodeAttachment(this.storage.kv.get(key)) ?? unreadable
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
    this.leave(socket)
    if (id !== undefined) this.keepRow(id, undefined)
  }

  /** The connection of a socket goes on without it. */
  leave(socket: ObjectSocket): void {
    this.ended.add(socket)
    socket.serializeAttachment(null)
  }

  /** Writes an attachment that does not fit to a row. Throws for a value that structured clone refuses. */
  spill(socket: ObjectSocket, id: string, encoded: EncodedAttachment): void {
    this.putRow(prefix + id, id, encoded)
    this.refer(socket, prefix + id, { id })
  }

  /** Whether the attachment of a connection is in a row. */
  hasRow(id: string): boolean {
    return this.rows.has(id)
  }

  /** Deletes the rows that a crash has left. Call it when the object has no sockets, because a crash closes all of them. */
  sweep(): void {
    for (const [key] of this.storage.kv.list({ prefix })) {
      if (this.rows.get(key.slice(prefix.length)) !== key) this.storage.kv.delete(key)
    }
  }

  private putRow(key: string, id: string, encoded: EncodedAttachment): void {
    this.storage.kv.put(key, encoded)
    this.keepRow(id, key)
  }

  /** Attaches the reference to a row, once to each socket. */
  private refer(socket: ObjectSocket, key: string, row: Stored[1]): void {
    if (this.references.get(socket) === key) return
    socket.serializeAttachment([layout, row] satisfies Stored)
    this.references.set(socket, key)
  }

  /** The attachment of a connection is in this row, or in none, so another row that it had is deleted. */
  private keepRow(id: string, key: string | undefined): void {
    const before = this.rows.get(id)
    if (before === key) return
    if (before !== undefined) this.storage.kv.delete(before)
    if (key === undefined) this.rows.delete(id)
    else this.rows.set(id, key)
  }
}

/** The row that an attachment is in. */
function rowOf(attached: unknown): Stored[1] | undefined {
  if (!isReadable(attached) || typeof attached[1] !== "object" || attached[1] === null) return undefined
  return (attached as Stored)[1]
}
