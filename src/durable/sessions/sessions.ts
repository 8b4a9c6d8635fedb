import type { Data } from "../../session/frame.ts"
import { awayCode, decodeOffer, type Offer, sessionProtocol, takenOver } from "../../session/offer.ts"
import { decodeSession, newSnapshot, type SessionRecord } from "../../session/saved-session.ts"
import { ServerSession } from "../../session/server-session.ts"
import { CloseCode, CloseError } from "../../socket/close.ts"
import type { ConnectionInfo } from "../../socket/connection-info.ts"
import type { Endpoint } from "../../socket/endpoint.ts"
import { allOffered } from "../../socket/handshake.ts"
import type { SocketsHost } from "../object-context.ts"
import type { ObjectSocket } from "../sockets/object-socket.ts"
import { messagesOf, plainFrame } from "./client-frame.ts"
import { DetachedSocket } from "./detached-socket.ts"
import type { SessionConnection } from "./session-connection.ts"
import { idLength, isSameClient, newSecret } from "./session-identity.ts"
import { type LogsHost, settingsOf } from "./session-logs.ts"
import { type Expirable, SessionSweep } from "./session-sweep.ts"

/** A connection that its client resumes. */
interface Found {
  readonly awake: SessionConnection
  readonly offer: Offer
}

/** The parts of a connection that can be read without restoring it. */
export interface KnownConnection {
  readonly info: ConnectionInfo
  readonly sessionId: string | undefined
  /** When its session ends, if it has no socket. */
  readonly expires: number | undefined
}

/** The sockets of an object, as its sessions see them. */
export interface SessionSockets {
  /** The connection of a socket, restored if it hibernates; `undefined` if it is over or has no session. */
  withSession(socket: ObjectSocket): SessionConnection | undefined
  known(socket: ObjectSocket): KnownConnection | undefined
  /** The socket of a connection, or the stand-in for one that has vanished before the runtime reports its close. */
  find(id: string): ObjectSocket | undefined
  /** The connection goes on with another socket. */
  move(awake: SessionConnection, socket: ObjectSocket): void
}

type SessionsHost = Pick<SocketsHost, "accepted" | "actors" | "alarms" | "attachments" | "channels" | "maxDetached"> &
  LogsHost

/** The sessions of an object: connections that outlive their sockets. */
export class Sessions implements Expirable {
  private readonly sweep: SessionSweep
  /** When the last session has lost its socket. */
  private lastDetach = 0

  constructor(
    private readonly object: SessionsHost,
    private readonly sockets: SessionSockets,
  ) {
    this.sweep = new SessionSweep(object.alarms, this)
  }

  /**
   * Sets the timer of the sessions without a socket. A durable session may have lost its socket in a crash: its `within` begins now.
   */
  restoreTimers(): void {
    for (const [id, socket] of [...this.object.accepted.detached]) {
      // The flow of a session whose socket has just vanished may be in memory.
      if (this.sockets.find(id) !== socket) continue
      const expires = this.sockets.known(socket)?.expires
      if (expires !== undefined) this.sweep.schedule(expires)
      else this.adopt(socket)
    }
    this.makeRoom()
  }

  /** A new session for a client that speaks `sluice.1`, if the endpoint resumes connections. */
  begin(request: Request, id: string, endpoint: Endpoint): ServerSession | undefined {
    const { resume, subprotocol } = endpoint
    if (!resume || subprotocol !== undefined || !allOffered(request).includes(sessionProtocol)) return undefined
    const session = new ServerSession(newSnapshot(`${id}-${newSecret()}`), settingsOf(this.object, endpoint))
    session.attach()
    return session
  }

  /** The session of a connection that is restored. Throws a `TypeError` for a record that cannot be read. */
  restore(record: SessionRecord | undefined, endpoint: Endpoint): ServerSession | undefined {
    if (!record) return undefined
    const snapshot = decodeSession(record)
    if (!snapshot) throw new TypeError("The session of the connection cannot be read")
    return new ServerSession(snapshot, settingsOf(this.object, endpoint))
  }

  /**
   * The connection whose session a client asks for. `undefined` if there is none, if its connection has another route, other params or
   * other data, or if it cannot go on after the messages that the client has received. The client needs a new session then. The response
   * refuses a handshake that a later one of its client has overtaken: it must not take the session over.
   */
  find(request: Request, info: ConnectionInfo): Found | Response | undefined {
    const offer = decodeOffer(allOffered(request))
    const socket = offer && this.sockets.find(offer.session.slice(0, idLength))
    const known = socket && this.sockets.known(socket)
    if (!offer || !known || known.sessionId !== offer.session || !isSameClient(known.info, info)) return undefined
    const awake = this.sockets.withSession(socket)
    if (!awake) return undefined
    const { session } = awake.sessionSocket
    if (session.isOvertaken(offer)) return overtaken()
    // A hub's log may have overwritten elements that the client has missed. A new session makes the client resynchronize.
    const hasGap = this.object.channels.some((channel) => channel.hasGap(awake.owner))
    if (!hasGap && session.canAttach(offer.received)) return { awake, offer }
    // Its socket may be open, as after a page was duplicated.
    awake.socket.close(takenOver, "Opened elsewhere")
    this.end(awake)
    return undefined
  }

  /** A connection that was found goes on with a new socket. */
  resume({ awake, offer }: Found, socket: WebSocket): void {
    const { connection, endpoint, sessionSocket } = awake
    const { session } = sessionSocket
    session.attach(offer.received, offer.attempt)
    // Before the client is answered, because a frame that the old socket still sends would be counted twice.
    awake.socket.close(takenOver, "Opened elsewhere")
    this.leave(awake)
    this.sockets.move(awake, socket)
    awake.expires = undefined
    this.sweep.onAttached()
    connection.guard.countPause(this.object.alarms.now())
    // Restored, the flow may have sent elements after those that the client has missed.
    sessionSocket.takePending()
    // The flow sends missed elements of a log itself, at its demand. Without backpressure it would drop them, or close.
    if (endpoint.limits.slowReader === "backpressure")
      session.takeElements(({ hub, from }) => connection.rewind({ hub, number: from }))
    connection.reevaluate()
  }

  /** A frame has come from a client. */
  receive(awake: SessionConnection, frame: Data): void {
    const { sessionSocket, connection, endpoint } = awake
    let messages: readonly unknown[]
    try {
      messages = messagesOf(awake, frame)
    } catch (error) {
      connection.fail(error)
      return
    }
    messages.forEach((message, index) => {
      sessionSocket.unhandled = messages.length - 1 - index
      const data = plainFrame(message, endpoint.format)
      if (data === undefined) {
        sessionSocket.onRefused()
        connection.fail(new CloseError(CloseCode.unsupportedData, "Unable to parse json message"))
      } else connection.onMessage(data)
    })
    sessionSocket.unhandled = 0
    if (messages.length > 0 || sessionSocket.session.isDirty) sessionSocket.onDirty()
    // Acknowledged messages make room for more.
    if (connection.isBehind) connection.reevaluate()
  }

  /** A socket is lost. Its connection goes on without it. */
  detach(awake: SessionConnection): void {
    if (awake.expires !== undefined) return
    const { object, sockets } = this
    const { socket, id } = awake
    // Its watchers were told that it is over, before the runtime has reported the close.
    if (object.actors.isLost(id)) {
      this.end(awake)
      return
    }
    // Its session was detached before the runtime reported the close.
    if (socket instanceof DetachedSocket) {
      this.expireLater(awake)
      return
    }
    object.attachments.leave(socket)
    sockets.move(awake, object.accepted.detach(socket, id))
    this.expireLater(awake)
    this.makeRoom()
  }

  /** The client has closed its socket, or has vanished. Detaches the session if the client may resume it, and ends it otherwise. */
  onPeerClose(awake: SessionConnection, code: number, reason: string, wasClean: boolean): void {
    const { sessionSocket, connection, socket } = awake
    // A browser sends 1001 for a page that it leaves, and our client sends `awayCode`. The page may resume the session, unless the code
    // is the answer to the close of the session.
    const isAway = (code === CloseCode.goingAway || code === awayCode) && code !== sessionSocket.session.endCode
    if (isAway) socket.close(code)
    if (isAway || (code === CloseCode.abnormal && !wasClean)) {
      this.detach(awake)
      return
    }
    sessionSocket.isOver = true
    connection.onPeerClose(code, reason)
    sessionSocket.onDirty()
  }

  /** Ends a connection as if it had lost its socket and had no session. */
  end({ sessionSocket, connection }: SessionConnection): void {
    sessionSocket.isOver = true
    connection.onDisconnect()
    sessionSocket.onDirty()
  }

  expire(socket: ObjectSocket): void {
    const awake = this.sockets.withSession(socket)
    if (awake) this.end(awake)
  }

  *deadlines(): Iterable<[socket: ObjectSocket, expires: number]> {
    for (const socket of this.object.accepted.detached.values()) {
      const expires = this.sockets.known(socket)?.expires
      if (expires !== undefined) yield [socket, expires]
    }
  }

  /** Ends the sessions that have been without a socket for the longest time, if there are too many. */
  private makeRoom(): void {
    const { detached } = this.object.accepted
    let surplus = detached.size - this.object.maxDetached()
    for (const socket of detached.values()) {
      if (surplus-- <= 0) return
      this.expire(socket)
    }
  }

  private adopt(socket: ObjectSocket): void {
    const awake = this.sockets.withSession(socket)
    if (awake) this.expireLater(awake)
  }

  private expireLater(awake: SessionConnection): void {
    const now = this.object.alarms.now()
    // Later for each session, so that their order is the same after hibernation.
    this.lastDetach = Math.max(now, this.lastDetach + 0.001)
    awake.sessionSocket.detach(this.lastDetach)
    awake.expires = now + (awake.endpoint.resume?.within ?? 0)
    this.sweep.schedule(awake.expires)
  }

  private leave({ id, socket }: SessionConnection): void {
    const { accepted, attachments } = this.object
    // The row of a stand-in is written anew or deleted when the event is saved.
    if (!(socket instanceof DetachedSocket)) attachments.leave(socket)
    accepted.release(socket, id)
  }
}

function overtaken(): Response {
  return new Response("A later handshake has resumed the session.\n", { status: 409 })
}
