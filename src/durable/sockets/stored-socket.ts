import type { ObjectSocket } from "./object-socket.ts"

type Storage = Pick<SyncKvStorage, "get" | "put" | "delete">

/**
 * Stands for the socket that a connection has had. Its attachment is a row of storage, so that the connection outlives the memory of its
 * object. Nothing is sent through it.
 */
export abstract class StoredSocket implements ObjectSocket {
  abstract readonly readyState: number

  /** @param key of the row */
  constructor(
    readonly id: string,
    readonly key: string,
    private readonly storage: Storage,
  ) {}

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
