import { decodeHead } from "../../session/saved-session.ts"
import { CloseCode } from "../../socket/close.ts"
import type { ConnectionInfo } from "../../socket/connection-info.ts"
import type { AnyConnection } from "../../socket/target.ts"
import type { SocketsHost } from "../object-context.ts"
import { hasOpenSession, hasSession, type SessionConnection } from "../sessions/session-connection.ts"
import { type KnownConnection, type SessionSockets, Sessions } from "../sessions/sessions.ts"
import { type Attachment, hasOneOf } from "./attachment.ts"
import type { AwakeSocket } from "./awake-socket.ts"
import type { AwakeSockets } from "./awake-sockets.ts"
import { ClosedSocket } from "./closed-socket.ts"
import { HibernatingSockets } from "./hibernating.ts"
import { type Activity, IdleSweep } from "./idle-sweep.ts"
import type { ObjectSocket } from "./object-socket.ts"
import { type FlowSockets, type Refused, SocketFlows } from "./socket-flows.ts"
import { SocketState } from "./socket-state.ts"
import { SocketSubscribers } from "./socket-subscribers.ts"

/**
 * The sockets of an object, awake and hibernating. Waking up an object restores no flow. A flow is restored when its socket has
 * a message, a timer, or an element of a hub that cannot be sent directly.
 */
export class Sockets implements FlowSockets, SessionSockets {
  readonly hibernating: HibernatingSockets
  private readonly idle: IdleSweep
  private readonly state: SocketState
  private hasRestoredTimers = false
  readonly sessions: Sessions
  readonly flows: SocketFlows
  readonly subscribers: SocketSubscribers

  constructor(
    private readonly object: SocketsHost,
    private readonly awake: AwakeSockets,
  ) {
    const { alarms, accepted } = object
    this.hibernating = new HibernatingSockets(object, this.awake)
    const answeredAt = (socket: ObjectSocket) => accepted.answeredAt(socket)
    const close = (socket: ObjectSocket) => void this.connection(socket)?.onIdleTimeout()
    const restored = (socket: ObjectSocket) => this.restored(socket)?.activity
    this.idle = new IdleSweep({ activities: () => this.activities(), answeredAt, restored, close }, alarms)
    this.state = new SocketState(object, this.idle)
    this.sessions = new Sessions(object, this)
    this.flows = new SocketFlows(object, this)
    const restore = (socket: ObjectSocket) => void this.connection(socket)
    this.subscribers = new SocketSubscribers(accepted, this.hibernating, this.awake, restore)
  }

  /** The flow of a socket is in memory from now on. */
  add(awake: AwakeSocket): void {
    this.awake.set(awake.socket, awake)
    if (awake.activity) this.idle.schedule(awake.activity)
  }

  /** A message has come from a client. */
  recordActivity(awake: AwakeSocket): void {
    const { activity } = awake
    if (!activity) return
    activity.at = this.object.alarms.now()
    this.idle.schedule(activity)
    if (this.idle.isOutdated(activity)) awake.markDirty()
  }

  /** The connection of a socket, restored if it hibernates; `undefined` if it is over. */
  connection(socket: ObjectSocket): AnyConnection | undefined {
    const awake = this.awake.get(socket)
    if (awake) return awake.connection
    const attachment = this.hibernating.get(socket)
    this.hibernating.delete(socket)
    return attachment && this.flows.restore(socket, attachment)
  }

  /** The socket with its flow, which is restored if it hibernates; `undefined` if its connection is over. */
  restored(socket: ObjectSocket): AwakeSocket | undefined {
    return this.awake.get(socket) ?? (this.connection(socket) && this.awake.get(socket))
  }

  onLost(awake: AwakeSocket): void {
    if (hasSession(awake)) this.sessions.detach(awake)
    else awake.connection.onDisconnect()
  }

  withSession(socket: ObjectSocket): SessionConnection | undefined {
    const awake = this.restored(socket)
    return awake && hasOpenSession(awake) ? awake : undefined
  }

  /** The stand-in for a vanished socket, if its session was detached before the runtime reports the close; otherwise the socket. */
  standIn(socket: ObjectSocket): ObjectSocket {
    const { accepted } = this.object
    if (this.awake.get(socket) || accepted.has(socket) !== undefined) return socket
    const { id, session } = this.hibernating.get(socket) ?? {}
    return (session && id !== undefined && accepted.detached.get(id)) || socket
  }

  find(id: string): ObjectSocket | undefined {
    return this.awake.byId(id)?.socket ?? this.hibernating.socketOf(id) ?? this.object.accepted.vanished(id)
  }

  hasConnection(id: string): boolean {
    return this.find(id) !== undefined
  }

  known(socket: ObjectSocket): KnownConnection | undefined {
    const awake = this.awake.get(socket)
    if (awake) return { info: awake.info, sessionId: awake.sessionSocket?.session.id, expires: awake.expires }
    const { info, session, expires } = this.hibernating.get(socket) ?? {}
    return info && { info, sessionId: decodeHead(session)?.id, expires }
  }

  move(awake: AwakeSocket, socket: ObjectSocket): void {
    this.awake.delete(awake.socket)
    this.hibernating.forget(awake.id)
    this.awake.set(socket, awake)
    awake.carry(socket, this.object.outbound.socket(socket, undefined))
  }

  infoOf(socket: ObjectSocket): ConnectionInfo | undefined {
    return (this.awake.get(socket) ?? this.hibernating.get(socket))?.info
  }

  /** Restores a connection. */
  wakeConnection(id: string): void {
    const socket = this.find(id)
    if (socket) this.connection(socket)
  }

  /** Sets the timers of hibernating connections. */
  restoreTimers(): void {
    if (this.hasRestoredTimers) return
    this.hasRestoredTimers = true
    for (const [socket, { id, due, activity }] of this.hibernating.entries()) {
      if (due !== undefined) this.object.alarms.set(id, due, () => void this.connection(socket))
      if (activity) this.idle.schedule(activity)
    }
    this.sessions.restoreTimers()
  }

  /** A cell has changed, so the flows that may depend on it are evaluated again. */
  reevaluate(): void {
    this.wakeWhere(({ dependsOnOutside }) => dependsOnOutside === true)
    for (const { connection } of [...this.awake.values()]) if (connection.dependsOnOutside) connection.reevaluate()
  }

  /** Storage is about to be emptied, so the connections whose attachments are stored in it are restored. */
  restoreSpilled(): void {
    this.wakeWhere(({ id, session }) => session !== undefined || this.object.attachments.hasRow(id))
  }

  /** Storage has been emptied, so the attachments that were stored in it are written again. */
  rewriteSpilled(): void {
    const { attachments } = this.object
    for (const awake of this.awake.values()) {
      if (awake.sessionSocket || attachments.hasRow(awake.id)) awake.markDirty()
    }
  }

  /** Closes every connection. Its flow ends at once, and drops the elements that are still in it. */
  closeAll(code: number, reason: string): void {
    for (const socket of this.object.accepted.all()) {
      const awake = this.restored(socket)
      if (awake) awake.closeNow(code, reason)
    }
  }

  store(awake: AwakeSocket): void {
    const { connection, cells, sessionSocket, outgoing } = awake
    // Its attachment has been written already, and changes again when the client has caught up.
    if (awake.isUnrecoverable && connection.isBehind) return
    if (this.awake.get(awake.socket) !== awake) return
    if (awake.isClosed && connection.isOver) {
      this.forget(awake)
      return
    }
    try {
      if (awake.isClosed) this.leaveSocket(awake)
      // A session may wait for the answer to its close.
      else if (!connection.isOpen) this.object.accepted.uncount(awake.socket)
      this.state.save(awake)
    } catch (error) {
      // Drops the event's output to the client, because it depends on a state that cannot be stored.
      if (sessionSocket) sessionSocket.rollback()
      else this.object.outbound.discard(outgoing)
      // The state of a flow that has ended can be stored, except where storage is full.
      const canRetry = sessionSocket !== undefined && !connection.isOver
      connection.abort(connection.unstorable() ?? cells.unstorable() ?? error)
      if (canRetry && sessionSocket.isClosing) awake.markDirty()
      else {
        // A session that cannot be saved has not sent its close.
        if (sessionSocket) outgoing.close(CloseCode.internalError, "")
        this.forget(awake)
      }
    }
  }

  /** The socket of a flow that still works is closed, and the runtime keeps no attachment of it. */
  private leaveSocket(awake: AwakeSocket): void {
    const { socket, id } = awake
    if (socket instanceof ClosedSocket) return
    this.object.attachments.leave(socket)
    this.move(awake, this.object.accepted.close(socket, id))
  }

  /** Closes a socket whose flow cannot start or go on. Actors that watch those of its flow are notified. */
  refuse(socket: ObjectSocket, { id, isBatched, crossWatches = [] }: Refused, code: number, reason: string): void {
    const awake = this.awake.get(socket)
    if (awake) awake.closeNow(code, reason)
    else this.object.outbound.socket(socket, isBatched).close(code, reason)
    this.forget({ socket, id })
    // The flows of the watchers open the system that notifies them.
    if (!this.object.actors.system) this.wakeWhere((attachment) => hasOneOf(attachment, crossWatches))
    this.object.actors.onConnectionLost(`/@${id}`, crossWatches)
  }

  /** The connection is over: its socket is closed, and its flow has ended. */
  private forget({ socket, id }: Pick<AwakeSocket, "socket" | "id">): void {
    this.awake.delete(socket)
    this.hibernating.delete(socket)
    this.object.accepted.release(socket, id)
    this.object.alarms.cancel(id)
    this.object.attachments.end(socket, id)
    this.idle.onClosed()
  }

  private wakeWhere(matches: (attachment: Attachment) => boolean): void {
    for (const [socket, attachment] of [...this.hibernating.entries()]) if (matches(attachment)) this.connection(socket)
  }

  private *activities(): Iterable<[socket: ObjectSocket, activity: Activity]> {
    // A client without a socket cannot send, and its session has a deadline of its own.
    for (const { socket, activity, expires } of this.awake.values()) {
      if (activity && expires === undefined) yield [socket, activity]
    }
    for (const [socket, { activity, expires }] of this.hibernating.entries()) {
      if (activity && expires === undefined) yield [socket, activity]
    }
  }
}
