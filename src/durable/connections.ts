import { CloseCode, sendable } from "../socket/close.ts"
import type { ConnectionInfo } from "../socket/connection-info.ts"
import type { AcceptedSockets } from "./sockets/accepted-sockets.ts"
import type { ObjectSocket } from "./sockets/object-socket.ts"
import type { Sockets } from "./sockets/sockets.ts"

/** What connections need from their object. */
export interface ConnectionsHost<Data> {
  readonly accepted: AcceptedSockets
  readonly sockets: Sockets
  event<T>(handler: () => T): T
  /** The data of a connection, made of the JSON that the route has handed over; an error where the class refuses it now. */
  data(info: ConnectionInfo): Data
}

/**
 * The open connections of an object, hibernating or not.
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

  /** How many there are. In `accept` the new connection is not among them. */
  get size(): number {
    return this.object.accepted.size
  }

  /** The info of a connection; `undefined` if it is over. Restores no flow. */
  get(id: string): ConnectionInfo<Data> | undefined {
    const { accepted, event } = this.object
    const socket = accepted.byId(id)
    return socket && event(() => this.infoOf(socket))
  }

  /** The info of all connections. Restores no flow, but reads the attachment of every hibernating socket. */
  [Symbol.iterator](): Iterator<ConnectionInfo<Data>> {
    const { accepted, event } = this.object
    return event(() => accepted.all().flatMap((socket) => this.infoOf(socket) ?? [])).values()
  }

  /**
   * Closes a connection, and its flow ends; whether there was one. A `RangeError` for a code that must not be sent.
   *
   * @param code default 1000
   */
  close(id: string, code: number = CloseCode.normal, reason = ""): boolean {
    const { accepted, sockets, event } = this.object
    sendable(code)
    const socket = accepted.byId(id)
    return event(() => {
      if (!socket || !isOpen(socket) || !sockets.infoOf(socket)) return false
      sockets.connection(socket)?.terminate(code, reason)
      return true
    })
  }

  /** A connection whose data is refused since a deploy cannot go on: it is none of these. */
  private infoOf(socket: ObjectSocket): ConnectionInfo<Data> | undefined {
    const info = isOpen(socket) ? this.object.sockets.infoOf(socket) : undefined
    try {
      return info && { ...info, data: this.object.data(info) }
    } catch {
      return undefined
    }
  }
}

/** The flow of a socket that is closed may still be at work. */
function isOpen({ readyState }: ObjectSocket): boolean {
  return readyState === WebSocket.OPEN
}
