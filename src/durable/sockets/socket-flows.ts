import { sessionProtocol } from "../../session/offer.ts"
import { asksForBatches, batchProtocol } from "../../socket/batch.ts"
import { CloseCode } from "../../socket/close.ts"
import type { ConnectionInfo } from "../../socket/connection-info.ts"
import type { Endpoint } from "../../socket/endpoint.ts"
import type { AnyConnection } from "../../socket/target.ts"
import type { SocketsHost } from "../object-context.ts"
import type { Sessions } from "../sessions/sessions.ts"
import type { Attachment } from "./attachment.ts"
import { type AwakeEvents, AwakeSocket } from "./awake-socket.ts"
import { ConnectionCells } from "./connection-cells.ts"
import type { ObjectSocket } from "./object-socket.ts"

/** A request for a connection. */
export interface Opening {
  readonly request: Request
  readonly info: ConnectionInfo
  isFull(): boolean
}

/** Accepts a socket for a connection, with a subprotocol of Sluice if the connection speaks one. */
type Accept<T> = (id: string, endpoint: Endpoint, protocol?: string) => T
export type Refused = Pick<Attachment, "id" | "isBatched" | "crossWatches">

/** The part of an object's sockets that the start of a flow uses. */
export interface FlowSockets extends AwakeEvents {
  readonly sessions: Sessions
  add(awake: AwakeSocket): void
  recordActivity(awake: AwakeSocket): void
  /** Closes a socket whose flow cannot start or go on. */
  refuse(socket: ObjectSocket, refused: Refused, code: number, reason: string): void
}

/** Starts the flows of new sockets, and restores those of hibernating ones. */
export class SocketFlows {
  private isSwept = false

  constructor(
    private readonly object: SocketsHost,
    private readonly sockets: FlowSockets,
  ) {}

  /**
   * Starts the flow of a new socket, after `accept` has accepted it, or resumes with it the session that its client asks for. Throws a
   * `PinnedFlowError` for a flow that cannot hibernate.
   *
   * @returns the result of `accept`, or the response that refuses the socket
   */
  open<T>(socket: WebSocket, { request, info, isFull }: Opening, accept: Accept<T>): T | Response {
    this.sweepOnce()
    const { sessions } = this.sockets
    const found = sessions.find(request, info)
    if (found instanceof Response) return found
    if (!found) {
      // Connections that have ended in this event must not count.
      this.object.saveNow()
      return isFull() ? tooMany() : this.start(socket, request, info, accept)
    }
    const accepted = accept(found.awake.id, found.awake.endpoint, sessionProtocol)
    sessions.resume(found, socket)
    this.sockets.recordActivity(found.awake)
    return accepted
  }

  /** Restores the flow of a hibernating socket; `undefined` if it cannot go on. */
  restore(socket: ObjectSocket, attachment: Attachment): AnyConnection | undefined {
    const { id, info, isBatched } = attachment
    const { outbound } = this.object
    try {
      // The actor that woke a flow is not the sender of the flow's output.
      return outbound.withSender(undefined, () => this.rebuild(socket, attachment))
    } catch (cause) {
      // 1012 makes the client reconnect. A new connection may succeed where an old one cannot go on.
      this.object.log({ level: "error", event: "flow cannot go on", route: info.route, connection: id, cause })
      outbound.discard(outbound.socket(socket, isBatched))
      this.sockets.refuse(
        socket,
        attachment,
        attachment.restarted ?? CloseCode.serviceRestart,
        "The service has changed",
      )
      return undefined
    }
  }

  private start<T>(socket: WebSocket, request: Request, info: ConnectionInfo, accept: Accept<T>): T | Response {
    const { id } = info
    const { sessions } = this.sockets
    const cells = new ConnectionCells()
    const endpoint = this.object.endpoint(cells.context(info))
    if (endpoint instanceof Response) return endpoint
    const serverSession = sessions.begin(request, id, endpoint)
    const isBatched = (!serverSession && asksForBatches(request, endpoint)) || undefined
    const parts = { socket, id, info, isBatched, cells, endpoint, serverSession }
    const awake = new AwakeSocket(this.object, parts, this.sockets)
    const accepted = accept(id, endpoint, serverSession ? sessionProtocol : isBatched && batchProtocol)
    this.sockets.add(awake)
    awake.markDirty()
    this.sockets.recordActivity(awake)
    try {
      awake.connection.open()
    } catch (error) {
      this.sockets.refuse(socket, { id, isBatched }, CloseCode.internalError, "")
      throw error
    }
    return accepted
  }

  private rebuild(socket: ObjectSocket, attachment: Attachment): AnyConnection | undefined {
    const { info, isUnrecoverable, crossWatches } = attachment
    const { sessions } = this.sockets
    if (crossWatches) this.object.actors.restore(crossWatches)
    const cells = new ConnectionCells(attachment.cells)
    const endpoint = this.object.accepted.without(socket, () => this.object.endpoint(cells.context(info)))
    if (endpoint instanceof Response) {
      this.sockets.refuse(socket, attachment, CloseCode.policyViolation, "")
      return undefined
    }
    const serverSession = sessions.restore(attachment.session, endpoint)
    const awake = new AwakeSocket(this.object, { ...attachment, socket, cells, endpoint, serverSession }, this.sockets)
    const run = awake.runFrom(attachment)
    if (!run) {
      const reason = isUnrecoverable ? "The service was interrupted" : "The service has changed"
      this.sockets.refuse(socket, attachment, endpoint.closeCodes.restarted, reason)
      return undefined
    }
    this.sockets.add(awake)
    const isDeployed = awake.fingerprint !== attachment.fingerprint
    if (isDeployed || awake.activity?.timeout !== attachment.activity?.timeout) awake.markDirty()
    awake.connection.open({ ...attachment.saved, run })
    if (crossWatches) this.object.actors.notifyOfLost(crossWatches)
    return awake.connection
  }

  /**
   * Removes the rows that a crash has left. Runs when the first socket is accepted after a wake and there is no other socket. Not
   * earlier, because the close of a vanished socket may still come and needs its row.
   */
  private sweepOnce(): void {
    if (this.isSwept) return
    this.isSwept = true
    if (!this.object.accepted.hasSockets) this.object.attachments.sweep()
    this.sockets.sessions.restoreTimers()
  }
}

function tooMany(): Response {
  return new Response("There are too many connections.\n", { status: 503, headers: { "Retry-After": "10" } })
}
