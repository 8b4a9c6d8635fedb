import type { ConnectionInfo } from "../../socket/connection-info.ts"
import { handshakeHeaders } from "../../socket/handshake.ts"
import { toData } from "../../socket/worker-target.ts"
import type { AcceptedSockets } from "./accepted-sockets.ts"
import type { Sockets } from "./sockets.ts"

/** What the events of sockets need from their object. */
export interface SocketEventsHost {
  readonly accepted: AcceptedSockets
  readonly sockets: Sockets
  event<T>(handler: () => T): T
}

/** Handles what the runtime reports about the sockets of an object, as events of the object. */
export class SocketEvents {
  constructor(private readonly object: SocketEventsHost) {}

  /** Accepts a new socket. The response is 101, 503 if there are `maxConnections` already, or the refusal of the author. */
  upgrade(request: Request, info: ConnectionInfo, maxConnections: number): Response {
    const { accepted, sockets } = this.object
    const { 0: client, 1: server } = new WebSocketPair()
    const opened = this.object.event(() =>
      sockets.open(
        server,
        { request, info, isFull: () => accepted.size >= maxConnections },
        (id, endpoint, protocol) => {
          // Before the socket is accepted, because a handshake that fails must not leave an accepted socket.
          const headers = handshakeHeaders(request, endpoint, protocol)
          if (endpoint.autoResponse) accepted.setAutoResponse(endpoint.autoResponse)
          accepted.accept(server, id)
          return headers
        },
      ),
    )
    return opened instanceof Response ? opened : new Response(null, { status: 101, webSocket: client, headers: opened })
  }

  message(socket: WebSocket, message: string | ArrayBuffer): void {
    this.object.event(() => this.object.sockets.receive(socket, toData(message)))
  }

  close(socket: WebSocket, code: number, reason: string, wasClean: boolean): void {
    this.object.event(() => this.object.sockets.closed(socket, code, reason, wasClean))
  }

  error(socket: WebSocket): void {
    this.object.event(() => this.object.sockets.lost(socket))
  }
}
