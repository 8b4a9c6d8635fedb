import { CloseCode } from "../../socket/close.ts"
import type { Data } from "../../socket/codec.ts"
import type { ConnectionInfo } from "../../socket/connection-info.ts"
import { handshakeHeaders } from "../../socket/handshake.ts"
import type { AnyConnection } from "../../socket/target.ts"
import { toData } from "../../socket/worker-target.ts"
import { hasOpenSession, type SessionConnection } from "../sessions/session-connection.ts"
import type { AcceptedSockets } from "./accepted-sockets.ts"
import type { Sockets } from "./sockets.ts"

/** The parts of an object that the events of its sockets use. */
export interface SocketEventsHost {
  readonly accepted: AcceptedSockets
  readonly sockets: Sockets
  /** An event of a socket shows that the sockets have outlived the last instance. */
  mayFollowCrash: boolean
  event<T>(handler: () => T): T
  /** See `ObjectEvents.begin`. */
  begin(): void
  end(): void
}

/** Handles the handshakes, messages, closes and errors of an object's sockets, as events of the object. */
export class SocketEvents {
  constructor(private readonly object: SocketEventsHost) {}

  /** Accepts a new socket. The response is 101, 503 if there are `maxConnections` already, or the refusal of the author. */
  upgrade(request: Request, info: ConnectionInfo, maxConnections: number): Response {
    const { accepted, sockets } = this.object
    const { 0: client, 1: server } = new WebSocketPair()
    const opened = this.object.event(() =>
      sockets.flows.open(
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
    const { object } = this
    object.mayFollowCrash = false
    try {
      object.begin()
      this.receive(socket, toData(message))
    } finally {
      object.end()
    }
  }

  close(socket: WebSocket, code: number, reason: string, wasClean: boolean): void {
    const { accepted, sockets } = this.object
    this.reported(socket, (connection, withSession) => {
      if (withSession) sockets.sessions.onPeerClose(withSession, code, reason, wasClean)
      // A client may send a close with this code, although it must not. It waits for an answer then.
      else if (code === CloseCode.abnormal && !wasClean) connection?.onDisconnect()
      else if (connection) connection.onPeerClose(code, reason)
      // Without an answer to its close the client waits until the object is evicted.
      else if (accepted.has(socket) !== false && code !== CloseCode.abnormal) socket.close()
    })
  }

  error(socket: WebSocket): void {
    this.reported(socket, (connection, withSession) => {
      if (withSession) this.object.sockets.sessions.detach(withSession)
      else connection?.onDisconnect()
    })
  }

  private receive(socket: WebSocket, data: Data): void {
    const { sockets } = this.object
    const awake = sockets.restored(socket)
    if (!awake) {
      sockets.hibernating.refuseOrphan(socket)
      return
    }
    sockets.recordActivity(awake)
    if (hasOpenSession(awake)) sockets.sessions.receive(awake, data)
    else awake.connection.onMessage(data)
  }

  /** The end of a socket. Its timers that are overdue fire first, as all others, although the runtime does not list the socket. */
  private reported(
    socket: WebSocket,
    handler: (connection: AnyConnection | undefined, withSession: SessionConnection | undefined) => void,
  ): void {
    const { sockets } = this.object
    sockets.hibernating.reported = socket
    this.object.mayFollowCrash = false
    try {
      this.object.event(() => {
        const known = sockets.standIn(socket)
        handler(sockets.connection(known), sockets.withSession(known))
      })
    } finally {
      sockets.hibernating.reported = undefined
    }
  }
}
