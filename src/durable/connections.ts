import { CloseCode, sendable } from "../socket/close.ts"
import type { ConnectionInfo } from "../socket/connection-info.ts"
import type { AcceptedSockets } from "./sockets/accepted-sockets.ts"
import { isOpen, type ObjectSocket } from "./sockets/object-socket.ts"
import type { Sockets } from "./sockets/sockets.ts"

/** The parts of an object that its `Connections` use. */
export interface ConnectionsHost<Data> {
  readonly accepted: AcceptedSockets
  readonly sockets: Sockets
  event<T>(handler: () => T): T
  /** The `data` of a connection, made from the JSON of its route. Throws if the class refuses the JSON since a deploy. */
  data(info: ConnectionInfo): Data
}

/**
 * The open connections of an object, awake and hibernating. Iterate over it for the info of each. Reading it restores no flow.
 *
 * @example
 * ```ts
 * class Lobby extends FlowObject<unknown, { user: string }> {
 *   protected accept() {
 *     if (this.connections.size >= 100) return new Response("The lobby is full", { status: 503 })
 *     return webSocket.endpoint(text, Flow.of<string>())
 *   }
 *   kick(user: string) {
 *     for (const { id, data } of this.connections) if (data.user === user) this.connections.close(id, 4001, "Kicked")
 *   }
 * }
 * ```
 */
export class Connections<Data> {
  constructor(private readonly object: ConnectionsHost<Data>) {}

  /** The number of open connections. In `accept` the new connection is not counted. Reads no attachment. */
  get size(): number {
    return this.object.accepted.size
  }

  /** The info of a connection; `undefined` if there is no such connection, or if its `data` is refused since a deploy. */
  get(id: string): ConnectionInfo<Data> | undefined {
    const { accepted, event } = this.object
    const socket = accepted.byId(id)
    return socket && event(() => this.infoOf(socket))
  }

  /** The info of all connections, in no particular order. Reads the attachment of every hibernating socket. */
  [Symbol.iterator](): Iterator<ConnectionInfo<Data>> {
    const { accepted, event } = this.object
    return event(() => accepted.all().flatMap((socket) => this.infoOf(socket) ?? [])).values()
  }

  /**
   * Closes a connection and ends its flow. Does nothing if there is no such connection.
   *
   * @param code of the close: 1000 to 1003, 1007 to 1014, or 3000 to 4999 (RFC 6455 §7.4). Default 1000
   * @param reason at most 123 bytes in UTF-8; a longer one is shortened. Default: empty
   * @returns whether there was such a connection
   * @throws RangeError for a code that must not be sent
   */
  close(id: string, code: number = CloseCode.normal, reason = ""): boolean {
    const { accepted, sockets, event } = this.object
    sendable(code)
    const socket = accepted.byId(id)
    return event(() => {
      if (!socket || !isOpen(socket) || !sockets.infoOf(socket)) return false
      sockets.connection(socket)?.close(code, reason)
      return true
    })
  }

  /** Leaves out a connection whose data the class refuses since a deploy, because its flow cannot go on. */
  private infoOf(socket: ObjectSocket): ConnectionInfo<Data> | undefined {
    const info = isOpen(socket) ? this.object.sockets.infoOf(socket) : undefined
    try {
      return info && { ...info, data: this.object.data(info) }
    } catch {
      return undefined
    }
  }
}
