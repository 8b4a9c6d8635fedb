import { awayCode, sessionProtocol } from "../../session/offer.ts"
import { asksForBatches, batchProtocol } from "../../socket/batch.ts"
import { CloseCode } from "../../socket/close.ts"
import type { Data } from "../../socket/codec.ts"
import { type ConnectionInfo, routeOf } from "../../socket/connection-info.ts"
import type { Endpoint } from "../../socket/endpoint.ts"
import type { AnyConnection } from "../../socket/target.ts"
import { log } from "../../stream/logger.ts"
import type { SocketsHost } from "../object-context.ts"
import { type KnownConnection, type SessionConnection, Sessions } from "../sessions/sessions.ts"
import type { Attachment } from "./attachment.ts"
import { type AwakeEvents, AwakeSocket } from "./awake-socket.ts"
import { ConnectionCells } from "./connection-cells.ts"
import { HibernatingSockets } from "./hibernating.ts"
import { type Activity, IdleSweep } from "./idle-sweep.ts"
import type { ObjectSocket } from "./object-socket.ts"
import { SocketState } from "./socket-state.ts"

/** A request for a connection. */
export interface Opening {
  readonly request: Request
  readonly info: ConnectionInfo
  isFull(): boolean
}

/** Accepts a socket for a connection, with a subprotocol of Sluice if the connection speaks one. */
type Accept<T> = (id: string, endpoint: Endpoint, protocol?: string) => T
type Refused = Pick<Attachment, "id" | "isBatched" | "crossWatches">

/**
 * The sockets of an object, awake and hibernating. Waking up an object restores no flow. A flow is restored when its socket has
 * a message, a timer, or an element of a hub that cannot be sent directly.
 */
export class Sockets {
  readonly hibernating: HibernatingSockets
  private readonly awake = new Map<ObjectSocket, AwakeSocket>()
  private readonly idle: IdleSweep
  private readonly state: SocketState
  private hasRestoredTimers = false
  private isSwept = false
  readonly sessions: Sessions
  private readonly events: AwakeEvents = {
    store: (awake) => this.save(awake),
    onLost: (awake) => this.onLost(awake),
  }

  constructor(private readonly object: SocketsHost) {
    const { alarms, accepted } = object
    this.hibernating = new HibernatingSockets(object, (socket) => this.awake.has(socket))
    const answeredAt = (socket: ObjectSocket) => accepted.answeredAt(socket)
    const close = (socket: ObjectSocket) => void this.connection(socket)?.onIdleTimeout()
    this.idle = new IdleSweep({ activities: () => this.activities(), answeredAt, close }, alarms)
    this.state = new SocketState(object, this.idle)
    this.sessions = new Sessions(object, {
      restored: (socket) => this.withSession(socket),
      known: (socket) => this.known(socket),
      move: (awake, socket) => this.move(awake, socket),
    })
  }

  /**
   * Starts the flow of a new socket, after `accept` has accepted it, or lets the session that its client asks for go on with it. Throws a
   * `PinnedFlowError` for a flow that cannot hibernate.
   *
   * @param isFull whether there are as many connections as may be
   * @returns the result of `accept`, or the response that refuses the socket
   */
  open<T>(socket: WebSocket, { request, info, isFull }: Opening, accept: Accept<T>): T | Response {
    this.sweepOnce()
    const resumed = this.sessions.resume(request, info)
    if (!resumed) return isFull() ? tooMany() : this.begin(socket, request, info, accept)
    const { id, endpoint } = resumed.awake
    const accepted = accept(id, endpoint, sessionProtocol)
    resumed.attach(socket)
    this.recordActivity(socket)
    return accepted
  }

  private begin<T>(socket: WebSocket, request: Request, info: ConnectionInfo, accept: Accept<T>): T | Response {
    const { id } = info
    const cells = new ConnectionCells()
    const endpoint = this.object.endpoint(cells.context(info))
    if (endpoint instanceof Response) return endpoint
    const isBatched = (!endpoint.resume && asksForBatches(request, endpoint)) || undefined
    const serverSession = this.sessions.begin(request, id, endpoint)
    const parts = { socket, id, info, isBatched, cells, endpoint, serverSession }
    const awake = new AwakeSocket(this.object, parts, this.events)
    const accepted = accept(id, endpoint, serverSession ? sessionProtocol : isBatched && batchProtocol)
    this.awake.set(socket, awake)
    awake.markDirty()
    this.recordActivity(socket)
    try {
      awake.connection.open()
    } catch (error) {
      this.refuse(socket, { id, isBatched }, CloseCode.internalError, "")
      throw error
    }
    return accepted
  }

  /** A message has come from a client. */
  recordActivity(socket: ObjectSocket): void {
    const awake = this.awake.get(socket)
    if (!awake?.activity) return
    const { activity } = awake
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
    return attachment && this.restore(socket, attachment)
  }

  /** A frame has come from a client. */
  receive(socket: WebSocket, data: Data): void {
    const connection = this.connection(socket)
    this.recordActivity(socket)
    const awake = this.awake.get(socket)
    if (awake && hasSession(awake)) this.sessions.receive(awake, data)
    else if (connection) connection.onMessage(data)
    else this.hibernating.refuseOrphan(socket)
  }

  /** The client has closed its socket. */
  closed(socket: WebSocket, code: number, reason: string, isClean: boolean): void {
    const connection = this.connection(socket)
    const awake = this.awake.get(socket)
    // A client may send a close with this code, although it must not. It waits for an answer then.
    const isLost = code === CloseCode.abnormal && !isClean
    if (awake && hasSession(awake)) {
      // A browser sends 1001 for a page that it leaves, and our client the other code; the page may come back.
      const isAway = code === CloseCode.goingAway || code === awayCode
      if (isAway) socket.close(code)
      if (isLost || isAway) this.onLost(awake)
      else this.sessions.closed(awake, code, reason)
    } else if (isLost) connection?.onDisconnect()
    else if (connection) connection.onPeerClose(code, reason)
    // Without an answer to its close the client waits until the object is evicted.
    else if (this.object.accepted.has(socket) !== false && code !== CloseCode.abnormal) socket.close()
  }

  /** A socket has vanished without a close. */
  lost(socket: WebSocket): void {
    this.connection(socket)
    const awake = this.awake.get(socket)
    if (awake) this.onLost(awake)
  }

  private onLost(awake: AwakeSocket): void {
    if (hasSession(awake)) this.sessions.detach(awake)
    else awake.connection.onDisconnect()
  }

  private withSession(socket: ObjectSocket): SessionConnection | undefined {
    this.connection(socket)
    const awake = this.awake.get(socket)
    return awake && hasSession(awake) ? awake : undefined
  }

  private known(socket: ObjectSocket): KnownConnection | undefined {
    const awake = this.awake.get(socket)
    if (awake) return { info: awake.info, sessionId: awake.session?.session.id, expires: awake.expires }
    const attachment = this.hibernating.get(socket)
    return attachment && { info: attachment.info, sessionId: attachment.session?.[1], expires: attachment.expires }
  }

  /** A connection goes on with another socket. */
  private move(awake: SessionConnection, socket: ObjectSocket): void {
    this.awake.delete(awake.socket)
    this.hibernating.forget(awake.id)
    this.awake.set(socket, awake)
    awake.carry(socket, this.object.outbound.socket(socket, undefined))
    awake.markDirty()
  }

  /** The info of an open connection. */
  infoOf(socket: ObjectSocket): ConnectionInfo | undefined {
    return (this.awake.get(socket) ?? this.hibernating.get(socket))?.info
  }

  /** The owners of the runs of these connections. Hibernating ones have no run. */
  ownersOf(ids: readonly string[]): Set<unknown> {
    const sockets = ids.map((id) => this.object.accepted.byId(id))
    return new Set(sockets.flatMap((socket) => (socket && this.awake.get(socket)?.actorScope) ?? []))
  }

  /** Publishes an element to hibernating subscribers. */
  publish(channel: string, element: unknown, except: readonly string[]): void {
    for (const [socket, { id, directSource }] of this.hibernating.subscribersOf(channel)) {
      if (except.includes(id)) continue
      const attachment = this.hibernating.get(socket)
      // If the element cannot be sent directly, the flow is restored, subscribes and receives it.
      const isSent = attachment && directSource === channel && this.hibernating.send(socket, attachment, element)
      if (!isSent) this.connection(socket)
    }
  }

  /** Restores the connection that the path of an actor belongs to. */
  wakeActor(path: string): void {
    const socket = this.hibernating.socketOf(path)
    if (socket) this.connection(socket)
  }

  /** Restores the hibernating subscribers of a channel. */
  wakeSubscribers(channel: string): void {
    for (const [socket] of this.hibernating.subscribersOf(channel)) this.connection(socket)
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

  /** Storage is about to be emptied, so the connections whose attachments are stored in it are restored and saved again. */
  restoreSpilled(): void {
    const { attachments } = this.object
    this.wakeWhere(({ id, session }) => session !== undefined || attachments.hasSpilled(id))
    for (const awake of this.awake.values()) if (awake.session || attachments.hasSpilled(awake.id)) awake.markDirty()
  }

  /** Closes every connection. Its flow ends at once, and drops the elements that are still in it. */
  closeAll(code: number, reason: string): void {
    for (const socket of this.object.accepted.all()) {
      const connection = this.connection(socket)
      const { session } = this.awake.get(socket) ?? {}
      if (session) session.isOver = true
      connection?.close(code, reason)
      connection?.terminate()
    }
  }

  private save(awake: AwakeSocket): void {
    const { connection, cells, session } = awake
    // Its attachment has been written already, and changes again when the client has caught up.
    if (awake.isUnrecoverable && connection.isBehind) return
    if (this.awake.get(awake.socket) !== awake) return
    if (connection.isOver && !session?.isClosing) {
      this.forget(awake)
      return
    }
    try {
      this.state.save(awake)
    } catch (error) {
      // Drops what the event sends to the client, because it depends on a state that cannot be stored.
      if (session) session.rollback()
      else this.object.outbound.discard(awake.outgoing)
      connection.fail(connection.unstorable() ?? cells.unstorable() ?? error)
      connection.terminate()
      // The state of a flow that has ended can be stored.
      if (session?.isClosing) awake.markDirty()
      else this.forget(awake)
    }
  }

  private restore(socket: ObjectSocket, attachment: Attachment): AnyConnection | undefined {
    const { id, info, isBatched } = attachment
    const { outbound } = this.object
    try {
      // The actor that woke a flow is not the sender of what the flow sends.
      return outbound.withSender(undefined, () => this.rebuild(socket, attachment))
    } catch (cause) {
      // 1012 makes the client reconnect. A new connection may succeed where an old one cannot go on.
      log({ level: "error", event: "flow cannot go on", route: routeOf(info), connection: id, cause })
      outbound.discard(outbound.socket(socket, isBatched))
      this.refuse(socket, attachment, attachment.restarted ?? CloseCode.serviceRestart, "The service has changed")
      return undefined
    }
  }

  private rebuild(socket: ObjectSocket, attachment: Attachment): AnyConnection | undefined {
    const { info, isUnrecoverable, crossWatches } = attachment
    const cells = new ConnectionCells(attachment.cells)
    const endpoint = this.object.accepted.withoutOne(() => this.object.endpoint(cells.context(info)))
    if (endpoint instanceof Response) {
      this.refuse(socket, attachment, CloseCode.policyViolation, "")
      return undefined
    }
    const serverSession = this.sessions.restore(attachment.session, endpoint)
    const parts = { ...attachment, socket, cells, endpoint, serverSession }
    const awake = new AwakeSocket(this.object, parts, this.events)
    if (crossWatches) this.object.actors.restore(crossWatches)
    const run = awake.runFrom(attachment)
    if (!run) {
      const reason = isUnrecoverable ? "The service was interrupted" : "The service has changed"
      this.refuse(socket, attachment, endpoint.closeCodes.restarted, reason)
      return undefined
    }
    this.awake.set(socket, awake)
    if (awake.fingerprint !== attachment.fingerprint) awake.markDirty()
    if (awake.activity) this.idle.schedule(awake.activity)
    awake.connection.open({ ...attachment.saved, run })
    return awake.connection
  }

  /**
   * Removes the rows that a crash has left. Runs when the first socket is accepted after a wake and there is no other socket. Not
   * earlier, because the close of a vanished socket may still come and needs its row.
   */
  private sweepOnce(): void {
    if (this.isSwept) return
    this.isSwept = true
    if (this.object.accepted.size === 0) this.object.attachments.sweep()
    this.sessions.restoreTimers()
  }

  /** Closes a socket whose flow cannot start or go on. Actors that watch those of its flow are notified. */
  private refuse(
    socket: ObjectSocket,
    { id, isBatched, crossWatches = [] }: Refused,
    code: number,
    reason: string,
  ): void {
    const { connection } = this.awake.get(socket) ?? {}
    if (!connection) this.object.outbound.socket(socket, isBatched).close(code, reason)
    connection?.close(code, reason)
    connection?.terminate()
    this.forget({ socket, id })
    this.object.actors.onConnectionLost(`/@${id}`, crossWatches)
  }

  /** The connection is over: its socket is closed, and its flow has ended. */
  private forget({ socket, id }: Pick<AwakeSocket, "socket" | "id">): void {
    this.awake.delete(socket)
    this.hibernating.delete(socket)
    this.object.accepted.release(socket)
    this.object.alarms.cancel(id)
    this.object.attachments.end(socket, id)
    this.idle.onClosed()
  }

  private wakeWhere(matches: (attachment: Attachment) => boolean): void {
    for (const [socket, attachment] of [...this.hibernating.entries()]) if (matches(attachment)) this.connection(socket)
  }

  private *activities(): Iterable<[socket: ObjectSocket, activity: Activity]> {
    // A client without a socket cannot but be silent, and its session has a time of its own.
    for (const { socket, activity, expires } of this.awake.values()) {
      if (activity && expires === undefined) yield [socket, activity]
    }
    for (const [socket, { activity, expires }] of this.hibernating.entries()) {
      if (activity && expires === undefined) yield [socket, activity]
    }
  }
}

function hasSession(awake: AwakeSocket): awake is SessionConnection {
  return awake.session !== undefined
}

function tooMany(): Response {
  return new Response("There are too many connections.\n", { status: 503, headers: { "Retry-After": "10" } })
}
