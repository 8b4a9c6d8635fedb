import type { Watch } from "../../actor/death-watch.ts"
import { sessionProtocol } from "../../session/offer.ts"
import { asksForBatches, batchProtocol } from "../../socket/batch.ts"
import { CloseCode } from "../../socket/close.ts"
import type { Data } from "../../socket/codec.ts"
import { type ConnectionInfo, routeOf } from "../../socket/connection-info.ts"
import type { AnyConnection, Endpoint } from "../../socket/endpoint.ts"
import { log } from "../../stream/logger.ts"
import type { Snapshot } from "../../stream/run.ts"
import type { SocketsHost } from "../object-context.ts"
import { type KnownConnection, type SessionConnection, Sessions } from "../sessions/sessions.ts"
import type { Attachment } from "./attachment.ts"
import { type AwakeSocket, buildSocket, carry, type SocketEvents } from "./awake-socket.ts"
import { ConnectionCells } from "./connection-cells.ts"
import { HibernatingSockets } from "./hibernating.ts"
import { type Activity, IdleSweep } from "./idle-sweep.ts"
import type { ObjectSocket } from "./object-socket.ts"
import { SocketState } from "./socket-state.ts"

/** Accepts a socket for a connection, with a subprotocol of Sluice if the connection speaks one. */
type Accept<T> = (id: string, endpoint: Endpoint, protocol?: string) => T
type Refused = Pick<Attachment, "id" | "isBatched" | "crossWatches">

/**
 * The sockets of an object: those whose flow is in memory, and those that hibernate. Waking up rebuilds nothing; a flow is
 * restored when its socket has a message, a timer, or an element of a hub that is not sent as it is.
 */
export class Sockets {
  readonly hibernating: HibernatingSockets
  private readonly awake = new Map<ObjectSocket, AwakeSocket>()
  private dirty: AwakeSocket[] = []
  /** Slow clients whose state is too large: they are saved when they have caught up. */
  private postponed: AwakeSocket[] = []
  private readonly idle: IdleSweep
  private readonly state: SocketState
  private hasRestoredTimers = false
  private isSwept = false
  readonly sessions: Sessions
  private readonly events: SocketEvents = {
    onDirty: (awake) => this.markDirty(awake),
    onLost: (awake) => this.onLost(awake),
  }

  constructor(private readonly object: SocketsHost) {
    const { alarms, accepted } = object
    this.hibernating = new HibernatingSockets(object, (socket) => this.awake.has(socket))
    const answeredAt = (socket: ObjectSocket) => accepted.answeredAt(socket)
    const close = (socket: ObjectSocket) => void this.connection(socket)?.idled()
    this.idle = new IdleSweep({ activities: () => this.activities(), answeredAt, close }, alarms)
    this.state = new SocketState(object, this.idle)
    this.sessions = new Sessions(object, {
      restored: (socket) => this.withSession(socket),
      known: (socket) => this.known(socket),
      move: (awake, socket) => this.move(awake, socket),
    })
  }

  /**
   * Starts the flow of a new socket, after `accept` has accepted it. A `PinnedFlowError` for a flow that cannot hibernate.
   *
   * @returns the result of `accept`, or the response with which the author refuses the socket
   */
  open<T>(socket: WebSocket, request: Request, info: ConnectionInfo, accept: Accept<T>): T | Response {
    this.sweepOnce()
    const resumed = this.resume(socket, request, info, accept)
    if (resumed) return resumed
    if (this.object.accepted.size >= this.object.maxConnections()) {
      return new Response("There are too many connections.\n", { status: 503, headers: { "Retry-After": "10" } })
    }
    return this.begin(socket, request, info, accept)
  }

  private resume<T>(socket: WebSocket, request: Request, info: ConnectionInfo, accept: Accept<T>): T | undefined {
    const resumed = this.sessions.resume(request, info)
    if (!resumed) return undefined
    const { id, endpoint } = resumed.awake
    const accepted = accept(id, endpoint, sessionProtocol)
    resumed.attach(socket)
    this.recordActivity(socket)
    return accepted
  }

  private begin<T>(socket: WebSocket, request: Request, info: ConnectionInfo, accept: Accept<T>): T | Response {
    const { id } = info
    const cells = new ConnectionCells()
    const endpoint = this.object.endpoint(cells.scope(info))
    if (endpoint instanceof Response) return endpoint
    const isBatched = (!endpoint.resume && asksForBatches(request, endpoint)) || undefined
    const session = this.sessions.begin(request, id, endpoint)
    const awake = buildSocket(this.object, { socket, id, info, isBatched, cells, endpoint, session }, this.events)
    const accepted = accept(id, endpoint, session ? sessionProtocol : isBatched && batchProtocol)
    this.awake.set(socket, awake)
    this.markDirty(awake)
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
    this.idle.expect(activity)
    if (this.idle.isNews(activity)) this.markDirty(awake)
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
    else if (connection) connection.message(data)
    else this.hibernating.refuseOrphan(socket)
  }

  /** The client has closed its socket. */
  closed(socket: WebSocket, code: number, reason: string, isClean: boolean): void {
    const connection = this.connection(socket)
    const awake = this.awake.get(socket)
    // A client may send a close with this code, although it must not, and waits for an answer then.
    const isLost = code === CloseCode.abnormal && !isClean
    if (awake && hasSession(awake)) {
      // A browser sends 1001 for a page that it leaves, and the page may come back.
      if (code === CloseCode.goingAway) socket.close(code)
      if (isLost || code === CloseCode.goingAway) this.onLost(awake)
      else this.sessions.closed(awake, code, reason)
    } else if (isLost) connection?.vanished()
    else if (connection) connection.closed(code, reason)
    // A close that is not answered leaves the client waiting until the object is evicted.
    else if (this.object.accepted.has(socket) !== false && code !== CloseCode.abnormal) socket.close()
  }

  /** A socket is gone without a close. */
  lost(socket: WebSocket): void {
    this.connection(socket)
    const awake = this.awake.get(socket)
    if (awake) this.onLost(awake)
  }

  private onLost(awake: AwakeSocket): void {
    if (hasSession(awake)) this.sessions.detach(awake)
    else awake.connection.vanished()
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
    carry(awake, socket, this.object.outbound.socket(socket, undefined), this.events)
    this.markDirty(awake)
  }

  /** The info of an open connection. */
  infoOf(socket: ObjectSocket): ConnectionInfo | undefined {
    return (this.awake.get(socket) ?? this.hibernating.get(socket))?.info
  }

  /** The owners of the runs of these connections, as far as they are in memory. */
  ownersOf(ids: readonly string[]): Set<unknown> {
    const sockets = ids.map((id) => this.object.accepted.byId(id))
    return new Set(sockets.flatMap((socket) => (socket && this.awake.get(socket)?.scope) ?? []))
  }

  /** Publishes an element to hibernating subscribers. */
  publish(channel: string, element: unknown, except: readonly string[]): void {
    for (const [socket, { id, hubs, direct }] of [...this.hibernating.entries()]) {
      if (!hubs?.includes(channel) || except.includes(id)) continue
      const attachment = this.hibernating.get(socket)
      // If the element cannot be sent directly, the flow is restored, subscribes and receives it.
      const isSent = attachment && direct === channel && this.hibernating.send(socket, attachment, element)
      if (!isSent) this.connection(socket)
    }
  }

  /** Restores the connection that the path of an actor belongs to. */
  wakeActor(path: string): void {
    const socket = this.hibernating.socketOf(path)
    if (socket) this.connection(socket)
  }

  /** The watches between actors of hibernating connections and actors outside. */
  get hibernatingWatches(): Watch[] {
    return [...this.hibernating.entries().values()].flatMap(({ crossWatches = [] }) => crossWatches)
  }

  /** Restores the hibernating subscribers of a channel. */
  wakeSubscribers(channel: string): void {
    this.wakeWhere(({ hubs }) => hubs?.includes(channel) === true)
  }

  hasHibernatingSubscriber(channel: string): boolean {
    for (const { hubs } of this.hibernating.entries().values()) if (hubs?.includes(channel)) return true
    return false
  }

  /** Sets the timers of hibernating connections. */
  restoreTimers(): void {
    if (this.hasRestoredTimers) return
    this.hasRestoredTimers = true
    for (const [socket, { id, due, activity }] of this.hibernating.entries()) {
      if (due !== undefined) this.object.alarms.set(id, due, () => void this.connection(socket))
      if (activity) this.idle.expect(activity)
    }
    this.sessions.restoreTimers()
  }

  /** A cell has changed: flows may depend on it. */
  reevaluate(): void {
    this.wakeWhere(({ dependsOnOutside }) => dependsOnOutside === true)
    for (const { connection } of [...this.awake.values()]) if (connection.watches) connection.touch()
  }

  /** Storage is about to be emptied: the connections whose attachments are there come into memory. */
  restoreSpilled(): void {
    this.wakeWhere(({ id }) => this.object.attachments.hasSpilled(id))
    for (const awake of this.awake.values()) if (this.object.attachments.hasSpilled(awake.id)) this.markDirty(awake)
  }

  /** Closes every connection. Its flow ends at once, whatever is still on its way through it. */
  closeAll(code: number, reason: string): void {
    for (const socket of this.object.accepted.all()) {
      const connection = this.connection(socket)
      const { session } = this.awake.get(socket) ?? {}
      if (session) session.isOver = true
      connection?.terminate(code, reason)
      connection?.lingered()
    }
  }

  get hasUnsaved(): boolean {
    if (this.dirty.length > 0) return true
    return this.postponed.length > 0 && this.postponed.some(({ connection }) => !connection.isBehind)
  }

  /** Saves every connection that has changed, once for all effects of an event. */
  save(): void {
    if (this.postponed.length > 0) this.dirty.push(...this.postponed.splice(0))
    for (let awake = this.dirty.pop(); awake; awake = this.dirty.pop()) {
      if (awake.isLost && awake.connection.isBehind) {
        this.postponed.push(awake)
        continue
      }
      awake.isDirty = false
      if (this.awake.get(awake.socket) !== awake) continue
      if (awake.connection.isOver && !awake.session?.isClosing) this.forget(awake)
      else this.saveOne(awake)
    }
  }

  private saveOne(awake: AwakeSocket): void {
    try {
      this.state.save(awake)
    } catch (error) {
      // Nothing of the event is sent to the client, since a crash or a sleep would take it back.
      if (awake.session) awake.session.rollback()
      else this.object.outbound.discard(awake.outgoing)
      awake.connection.failed(this.unstorable(awake) ?? error)
      awake.connection.lingered()
      // The state of a flow that has ended can be stored.
      if (!awake.session?.isClosing) this.forget(awake)
      else this.markDirty(awake)
    }
  }

  /** Names the step or the cell whose state structured clone refuses. */
  private unstorable({ connection, cells }: AwakeSocket): Error | undefined {
    return connection.unstorable() ?? cells.unstorable()
  }

  private restore(socket: ObjectSocket, attachment: Attachment): AnyConnection | undefined {
    const { id, info, isBatched } = attachment
    const { outbound } = this.object
    try {
      // What a restored flow sends is not sent by the actor that woke it.
      return outbound.sentBy(undefined, () => this.rebuild(socket, attachment))
    } catch (cause) {
      // 1012 tells the client to come again: a new connection may succeed where an old one cannot go on.
      log({ level: "error", event: "flow cannot go on", route: routeOf(info), connection: id, cause })
      outbound.discard(outbound.socket(socket, isBatched))
      this.refuse(socket, attachment, attachment.restarted ?? CloseCode.serviceRestart, "The service has changed")
      return undefined
    }
  }

  private rebuild(socket: ObjectSocket, attachment: Attachment): AnyConnection | undefined {
    const { info, saved, isLost, crossWatches } = attachment
    const cells = new ConnectionCells(attachment.cells)
    const endpoint = this.object.endpoint(cells.scope(info))
    if (endpoint instanceof Response) {
      this.refuse(socket, attachment, CloseCode.policyViolation, "")
      return undefined
    }
    const session = this.sessions.restore(attachment.session, endpoint)
    const awake = buildSocket(this.object, { ...attachment, socket, cells, endpoint, session }, this.events)
    if (crossWatches) this.object.actors.restore(crossWatches)
    const run = isLost ? undefined : this.migrated(saved.run, attachment.fingerprint, awake)
    if (!run) {
      const reason = isLost ? "The service was interrupted" : "The service has changed"
      this.refuse(socket, attachment, endpoint.closeCodes.restarted, reason)
      return undefined
    }
    this.awake.set(socket, awake)
    if (awake.fingerprint !== attachment.fingerprint) this.markDirty(awake)
    if (awake.activity) this.idle.expect(awake.activity)
    awake.connection.open({ ...saved, run })
    return awake.connection
  }

  /**
   * When the first socket is accepted after a wake, and there is no other one, the object may have crashed. Not earlier: the close
   * of a socket that has vanished meanwhile may still come, and needs its row.
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
    connection?.terminate(code, reason)
    connection?.lingered()
    this.forget({ socket, id })
    this.object.actors.loseScope(`/@${id}`, crossWatches)
  }

  private migrated(snapshot: Snapshot, from: string, { fingerprint }: AwakeSocket): Snapshot | undefined {
    return from === fingerprint ? snapshot : this.object.migrate(snapshot, from, fingerprint)
  }

  private markDirty(awake: AwakeSocket): void {
    if (awake.isDirty) return
    awake.isDirty = true
    this.dirty.push(awake)
  }

  /** The connection is over: its socket is closed, and its flow has ended. */
  private forget({ socket, id }: Pick<AwakeSocket, "socket" | "id">): void {
    this.awake.delete(socket)
    this.hibernating.delete(socket)
    this.object.accepted.release(socket)
    this.object.alarms.cancel(id)
    this.object.attachments.end(socket, id)
    this.idle.forget()
  }

  private wakeWhere(isMeant: (attachment: Attachment) => boolean): void {
    for (const [socket, attachment] of [...this.hibernating.entries()]) if (isMeant(attachment)) this.connection(socket)
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
