import { StoredSocket } from "./stored-socket.ts"

/** The beginning of the keys of rows with connections whose sockets are closed. */
export const closedPrefix = "sluice:closed:"

/** Stands for a socket that is closed while its flow still works on earlier messages: the runtime keeps no attachment of it. */
export class ClosedSocket extends StoredSocket {
  readonly readyState = 3

  constructor(id: string, storage: SyncKvStorage) {
    super(id, closedPrefix + id, storage)
  }
}
