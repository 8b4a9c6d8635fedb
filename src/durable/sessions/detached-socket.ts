import type { ObjectSocket } from "../sockets/object-socket.ts"

/** The beginning of the keys of rows with sessions. */
export const sessionPrefix = "sluice:session:"

type Storage = Pick<SyncKvStorage, "get" | "put" | "delete">

/**
 * Stands for the socket that a session has lost. Its attachment is a row of storage, so that the session outlives the
 * memory of its object. Nothing is sent through it: the session keeps the messages that wait for the client.
 */
export class DetachedSocket implements ObjectSocket {
  readonly readyState = 1
  private readonly key: string

  constructor(
    readonly id: string,
    private readonly storage: Storage,
  ) {
    this.key = sessionPrefix + id
  }

  send(): void {}

  close(): void {}

  serializeAttachment(attachment: unknown): void {
    if (attachment === null) this.storage.delete(this.key)
    else this.storage.put(this.key, attachment)
  }

  deserializeAttachment(): unknown {
    return this.storage.get(this.key) ?? null
  }
}
