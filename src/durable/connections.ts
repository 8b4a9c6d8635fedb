import { CloseCode } from "../socket/close.ts"
import type { ConnectionFacts } from "../socket/facts.ts"
import type { AcceptedSockets } from "./sockets/accepted-sockets.ts"
import type { Sockets } from "./sockets/sockets.ts"

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
  constructor(
    private readonly accepted: AcceptedSockets,
    private readonly sockets: Sockets,
    private readonly event: (handler: () => void) => void,
  ) {}

  /** How many there are. In `accept` the new connection is not among them. */
  get size(): number {
    return this.accepted.size
  }

  /** The facts of a connection; `undefined` if it is over. Restores no flow. */
  get(id: string): ConnectionFacts<Given> | undefined {
    const socket = this.accepted.byId(id)
    return socket && (this.sockets.factsOf(socket) as ConnectionFacts<Given> | undefined)
  }

  /** The facts of all connections. Restores no flow, but reads the attachment of every hibernating socket. */
  *[Symbol.iterator](): Iterator<ConnectionFacts<Given>> {
    for (const socket of this.accepted.all()) {
      const facts = this.sockets.factsOf(socket)
      if (facts) yield facts as ConnectionFacts<Given>
    }
  }

  /**
   * Closes a connection, and its flow ends; whether there was one. A `RangeError` for a code that must not be sent.
   *
   * @param code default 1000
   */
  close(id: string, code: number = CloseCode.normal, reason = ""): boolean {
    const socket = this.accepted.byId(id)
    if (!socket || !this.sockets.factsOf(socket)) return false
    this.event(() => this.sockets.connection(socket)?.terminate(code, reason))
    return true
  }
}
