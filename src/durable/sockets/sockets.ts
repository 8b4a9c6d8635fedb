import type { Watch } from "../../actor/death-watch.ts"
import { asksForBatches, batchProtocol } from "../../socket/batch.ts"
import { CloseCode } from "../../socket/close.ts"
import { type ConnectionInfo, routeOf } from "../../socket/connection-info.ts"
import type { Endpoint } from "../../socket/endpoint.ts"
import type { AnyConnection } from "../../socket/target.ts"
import { log } from "../../stream/logger.ts"
import type { Snapshot } from "../../stream/run.ts"
import type { SocketsHost } from "../object-context.ts"
import type { Attachment } from "./attachment.ts"
import { type AwakeSocket, buildSocket } from "./awake-socket.ts"
import { ConnectionCells } from "./connection-cells.ts"
import { HibernatingSockets } from "./hibernating.ts"
import { type Activity, IdleSweep } from "./idle-sweep.ts"
import { SocketState } from "./socket-state.ts"

type Refused = Pick<Attachment, "id" | "isBatched" | "crossWatches">

/**
 * The sockets of an object: those whose flow is in memory, and those that hibernate. Waking up rebuilds nothing; a flow is
 * restored when its socket has a message, a timer, or an element of a hub that is not sent as it is.
 */
export class Sockets {
  readonly hibernating: HibernatingSockets
  private readonly awake = new Map<WebSocket, AwakeSocket>()
  private dirty: AwakeSocket[] = []
  /** Slow clients whose state is too large: they are saved when they have caught up. */
  private postponed: AwakeSocket[] = []
  private readonly idle: IdleSweep
  private readonly state: SocketState
  private hasRestoredTimers = false
  private isSwept = false
  private readonly onDirty = (awake: AwakeSocket) => this.markDirty(awake)

  constructor(private readonly object: SocketsHost) {
    const { alarms, accepted } = object
    this.hibernating = new HibernatingSockets(object, (socket) => this.awake.has(socket))
    const answeredAt = (socket: WebSocket) => accepted.answeredAt(socket)
    const close = (socket: WebSocket) => void this.connection(socket)?.onIdleTimeout()
    this.idle = new IdleSweep({ activities: () => this.activities(), answeredAt, close }, alarms)
    this.state = new SocketState(object, this.idle)
  }

  /**
   * Starts the flow of a new socket, after `accept` has accepted it. A `PinnedFlowError` for a flow that cannot hibernate.
   *
   * @returns the result of `accept`, or the response with which the author refuses the socket
   */
  open<T>(
    socket: WebSocket,
    request: Request,
    info: ConnectionInfo,
    accept: (id: string, endpoint: Endpoint) => T,
  ): T | Response {
    this.sweepOnce()
    const { id } = info
    const cells = new ConnectionCells()
    const endpoint = this.object.endpoint(cells.scope(info))
    if (endpoint instanceof Response) return endpoint
    const isBatched = asksForBatches(request, endpoint) || undefined
    const awake = buildSocket(this.object, { socket, id, info, isBatched, cells, endpoint }, this.onDirty)
    const accepted = accept(id, isBatched ? { ...endpoint, subprotocol: batchProtocol } : endpoint)
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
  recordActivity(socket: WebSocket): void {
    const awake = this.awake.get(socket)
    if (!awake?.activity) return
    const { activity } = awake
    activity.at = this.object.alarms.now()
    this.idle.expect(activity)
    if (this.idle.isNews(activity)) this.markDirty(awake)
  }

  /** The connection of a socket, restored if it hibernates; `undefined` if it is over. */
  connection(socket: WebSocket): AnyConnection | undefined {
    const awake = this.awake.get(socket)
    if (awake) return awake.connection
    const attachment = this.hibernating.get(socket)
    this.hibernating.delete(socket)
    return attachment && this.restore(socket, attachment)
  }

  /** The info of an open connection. */
  infoOf(socket: WebSocket): ConnectionInfo | undefined {
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
  }

  /** A cell has changed: flows may depend on it. */
  reevaluate(): void {
    this.wakeWhere(({ dependsOnOutside }) => dependsOnOutside === true)
    for (const { connection } of [...this.awake.values()]) if (connection.dependsOnOutside) connection.reevaluate()
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
      connection?.close(code, reason)
      connection?.terminate()
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
      if (awake.connection.isOver) this.forget(awake)
      else this.saveOne(awake)
    }
  }

  private saveOne(awake: AwakeSocket): void {
    try {
      this.state.save(awake)
    } catch (error) {
      // Nothing of the event is sent to the client, since a crash or a sleep would take it back.
      this.object.outbound.discard(awake.outgoing)
      awake.connection.fail(this.unstorable(awake) ?? error)
      awake.connection.terminate()
      this.forget(awake)
    }
  }

  /** Names the step or the cell whose state structured clone refuses. */
  private unstorable({ connection, cells }: AwakeSocket): Error | undefined {
    return connection.unstorable() ?? cells.unstorable()
  }

  private restore(socket: WebSocket, attachment: Attachment): AnyConnection | undefined {
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

  private rebuild(socket: WebSocket, attachment: Attachment): AnyConnection | undefined {
    const { info, saved, isLost, crossWatches } = attachment
    const cells = new ConnectionCells(attachment.cells)
    const endpoint = this.object.endpoint(cells.scope(info))
    if (endpoint instanceof Response) {
      this.refuse(socket, attachment, CloseCode.policyViolation, "")
      return undefined
    }
    const awake = buildSocket(this.object, { ...attachment, socket, cells, endpoint }, this.onDirty)
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
  }

  /** Closes a socket whose flow cannot start or go on. Actors that watch those of its flow are notified. */
  private refuse(socket: WebSocket, { id, isBatched, crossWatches = [] }: Refused, code: number, reason: string): void {
    const { connection } = this.awake.get(socket) ?? {}
    if (!connection) this.object.outbound.socket(socket, isBatched).close(code, reason)
    connection?.close(code, reason)
    connection?.terminate()
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

  private *activities(): Iterable<[socket: WebSocket, activity: Activity]> {
    for (const { socket, activity } of this.awake.values()) if (activity) yield [socket, activity]
    for (const [socket, { activity }] of this.hibernating.entries()) if (activity) yield [socket, activity]
  }
}
