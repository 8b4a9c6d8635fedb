import { StoredSocket } from "../sockets/stored-socket.ts"

/** The beginning of the keys of rows with sessions. */
export const sessionPrefix = "sluice:session:"

/** Stands for the socket that a session has lost. The session keeps the messages that wait for the client. */
export class DetachedSocket extends StoredSocket {
  readonly readyState = 1

  constructor(id: string, storage: SyncKvStorage) {
    super(id, sessionPrefix + id, storage)
  }
}
