import { CloseCode, sendable } from "../socket/close.ts"
import type { ConnectionFacts } from "../socket/facts.ts"
import type { AcceptedSockets } from "./sockets/accepted-sockets.ts"
import type { Sockets } from "./sockets/sockets.ts"

/** What connections need from their object. */
export interface ConnectionsHost<Given> {
  readonly accepted: AcceptedSockets
  readonly sockets: Sockets
  event<T>(handler: () => T): T
  /** The data of a connection, made of the JSON that the route has handed over; an error where the class refuses it now. */
  given(facts: ConnectionFacts): Given
}

/**
 * The open connections of an object, hibernating or not.
 *
 * @example
 * ```ts
 * class Lobby extends FlowObject<unknown, { user: string }> {
 *   protected accept() {
 *     if (this.connections.size >= 100) return new Response("The lobby is full", { status: 503 })
 *     return webSocket.flow(text, Flow.of<string>())
 *   }
 *   kick(user: string) {
 *     for (const { id, given } of this.connections) if (given.user === user) this.connections.close(id, 4001, "Kicked")
 *   }
 * }
 * ```
 */
export class Connections<Given> {
  constructor(private readonly object: ConnectionsHost<Given>) {}

  /** How many there are. In `accept` the new connection is not among them. */
  get size(): number {
    return this.object.accepted.size
  }

  /** The facts of a connection; `undefined` if it is over. Restores no flow. */
  get(id: string): ConnectionFacts<Given> | undefined {
    const { accepted, event } = this.object
    const socket = accepted.byId(id)
    return socket && event(() => this.factsOf(socket))
  }

  /** The facts of all connections. Restores no flow, but reads the attachment of every hibernating socket. */
  [Symbol.iterator](): Iterator<ConnectionFacts<Given>> {
    const { accepted, event } = this.object
    return event(() => accepted.all().flatMap((socket) => this.factsOf(socket) ?? [])).values()
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
      if (!socket || !isOpen(socket) || !sockets.factsOf(socket)) return false
      sockets.connection(socket)?.terminate(code, reason)
      return true
    })
  }

  /** A connection whose data is refused since a deploy cannot go on: it is none of these. */
  private factsOf(socket: WebSocket): ConnectionFacts<Given> | undefined {
    const facts = isOpen(socket) ? this.object.sockets.factsOf(socket) : undefined
    try {
      return facts && { ...facts, given: this.object.given(facts) }
    } catch {
      return undefined
    }
  }
}

/** The flow of a socket that is closed may still be at work. */
function isOpen({ readyState }: WebSocket): boolean {
  return readyState === WebSocket.OPEN
}
