import type { AutoResponse } from "../../socket/endpoint.ts"
import { DetachedSocket, sessionPrefix } from "../sessions/detached-socket.ts"
import { detachOf } from "./attachment.ts"
import { ClosedSocket, closedPrefix } from "./closed-socket.ts"
import { isAttached, isOpen, type ObjectSocket } from "./object-socket.ts"
import { StoredSocket } from "./stored-socket.ts"

/** The connections whose flows are in memory. */
interface AwakeConnections {
  byId(id: string): { readonly socket: ObjectSocket } | undefined
  values(): Iterable<{ readonly socket: ObjectSocket }>
}

/** The tag of every socket that a flow is attached to. Sockets without it are the author's. */
const ours = "sluice"

/**
 * The sockets that an object has accepted for flows, which the runtime keeps while the object hibernates, and the stand-ins for sockets
 * that sessions have lost and for closed ones whose flows still work.
 */
export class AcceptedSockets {
  /** The number of open sockets; `undefined` before they are counted. */
  private count: number | undefined
  /** The sockets in the count: without those that were closing or had vanished. */
  private counted = new WeakSet<ObjectSocket>()
  /** The text that this instance of the object has set. */
  private answer: AutoResponse | undefined
  /** The socket that is not counted at present. */
  private excluded: ObjectSocket | undefined
  private detachedById: Map<string, DetachedSocket> | undefined
  /** The ids of those whose sessions have ended and wait for their clients. They are not counted. */
  private readonly ended = new Set<string>()
  private closedById: Map<string, ClosedSocket> | undefined

  constructor(
    private readonly ctx: DurableObjectState,
    private readonly awake: AwakeConnections,
  ) {}

  /** The number of open connections. Kept as a count, because otherwise each accepted socket would list thousands of others. */
  get size(): number {
    const { excluded } = this
    const all = this.countOpen() + this.detached.size - this.ended.size
    return excluded && this.isCounted(excluded) ? all - 1 : all
  }

  /** Whether any socket of ours is open. */
  get hasSockets(): boolean {
    return this.countOpen() > 0
  }

  /** Does not count a connection during `run`: the `accept` of a restored connection counts the others, as when it was new. */
  without<T>(socket: ObjectSocket, run: () => T): T {
    const outer = this.excluded
    this.excluded = socket
    try {
      return run()
    } finally {
      this.excluded = outer
    }
  }

  /** All sockets, also those of flows in memory that have vanished, before the runtime reports their closes. */
  all(): ObjectSocket[] {
    const awake = Array.from(this.awake.values(), ({ socket }) => socket)
    // In the order of their rows, which is the same after hibernation.
    const closed = [...this.closed.values()].sort((one, other) => (one.id < other.id ? -1 : 1))
    return [...new Set([...this.ctx.getWebSockets(ours), ...this.detached.values(), ...closed, ...awake])]
  }

  /** Adds the durable sessions whose sockets have vanished since, before the runtime reports their closes. */
  addVanished(): void {
    if (!this.detachedById) return
    for (const [id, socket] of this.storedSessions()) if (!this.detachedById.has(id)) this.addStandIn(id, socket)
  }

  /** The stand-ins of sessions by the ids of their connections, in the order in which these lost their sockets. */
  get detached(): ReadonlyMap<string, DetachedSocket> {
    this.detachedById ??= this.storedSessions()
    return this.detachedById
  }

  /** The stand-ins of closed sockets by the ids of their connections. */
  private get closed(): Map<string, ClosedSocket> {
    this.closedById ??= this.storedClosed()
    return this.closedById
  }

  /** The socket of a connection. The runtime does not list one that has vanished while the flow is in memory. */
  byId(id: string): ObjectSocket | undefined {
    const awake = this.awake.byId(id)
    if (awake) return awake.socket
    const sockets = this.socketsOf(id)
    return sockets.find(isOpen) ?? this.detached.get(id) ?? this.closed.get(id) ?? sockets[0]
  }

  /** Whether an open socket belongs to a connection. */
  hasOpen(id: string): boolean {
    return this.ctx.getWebSockets(tagOf(id)).some(isOpen)
  }

  /** The stand-in for the vanished socket of a durable session, before the runtime reports its close; `undefined` without a session. */
  vanished(id: string): DetachedSocket | undefined {
    const { kv } = this.ctx.storage
    if (kv.get(sessionPrefix + id) === undefined) return undefined
    const detached = new DetachedSocket(id, kv)
    this.addStandIn(id, detached)
    return detached
  }

  /** Whether a socket is ours; `undefined` for one that has vanished, whose tags the runtime does not return. */
  has(socket: ObjectSocket): boolean | undefined {
    if (socket instanceof StoredSocket) return true
    try {
      return this.ctx.getTags(socket as WebSocket).includes(ours)
    } catch {
      return undefined
    }
  }

  accept(socket: WebSocket, id: string): void {
    const others = this.countOpen()
    this.ctx.acceptWebSocket(socket, [ours, tagOf(id)])
    this.counted.add(socket)
    this.count = others + 1
  }

  /** A session has lost its socket. */
  detach(socket: ObjectSocket, id: string): DetachedSocket {
    this.detachedById ??= this.storedSessions()
    this.release(socket, id)
    const detached = new DetachedSocket(id, this.ctx.storage.kv)
    this.detachedById.set(id, detached)
    return detached
  }

  /** A socket is closed, and its flow still works on earlier messages. */
  close(socket: ObjectSocket, id: string): ClosedSocket {
    this.release(socket, id)
    const closed = new ClosedSocket(id, this.ctx.storage.kv)
    this.closed.set(id, closed)
    return closed
  }

  /** A connection is over, or has another socket. Its socket is closing, so a list that is made later does not count it. */
  release(socket: ObjectSocket, id?: string): void {
    // The stand-in may be listed although the runtime has not reported the close of the socket.
    if (id !== undefined) this.removeDetached(id)
    if (socket instanceof DetachedSocket) this.removeDetached(socket.id)
    else if (socket instanceof ClosedSocket) this.closedById?.delete(socket.id)
    else this.uncount(socket)
  }

  /** A socket is closed, although its connection may not be over. */
  uncount(socket: ObjectSocket): void {
    if (socket instanceof DetachedSocket) this.ended.add(socket.id)
    else if (this.count !== undefined && this.counted.delete(socket)) this.count--
  }

  /**
   * Sets the text that the runtime answers, one for all sockets of an object. The first socket that another instance of the object accepts
   * replaces the text. Throws an `Error` for a second text in one instance.
   */
  setAutoResponse({ request, response }: AutoResponse): void {
    if (this.answer && (this.answer.request !== request || this.answer.response !== response)) {
      throw new Error(
        `All endpoints of an object have one autoResponse, and that is "${this.answer.request}", not "${request}": ` +
          "give every endpoint of the class the same",
      )
    }
    if (this.answer) return
    this.answer = { request, response }
    const known = this.ctx.getWebSocketAutoResponse()
    if (known?.request === request && known.response === response) return
    this.ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(request, response))
  }

  /** When the runtime last answered the text for a socket, in milliseconds; 0 for never. */
  answeredAt(socket: ObjectSocket): number {
    if (socket instanceof StoredSocket) return 0
    return this.ctx.getWebSocketAutoResponseTimestamp(socket as WebSocket)?.getTime() ?? 0
  }

  /**
   * The sockets that carry a connection, one of which may be closing. The runtime also lists a socket that a session has left for another,
   * until the client answers its close, which a lost client never does.
   */
  private socketsOf(id: string): ObjectSocket[] {
    return this.ctx.getWebSockets(tagOf(id)).filter((socket) => isOpen(socket) || isAttached(socket))
  }

  private removeDetached(id: string): void {
    this.detachedById?.delete(id)
    this.ended.delete(id)
  }

  private isCounted(socket: ObjectSocket): boolean {
    return socket instanceof DetachedSocket ? !this.ended.has(socket.id) : this.counted.has(socket)
  }

  private countOpen(): number {
    if (this.count !== undefined) return this.count
    const open = new Set<ObjectSocket>(this.ctx.getWebSockets(ours).filter(isOpen))
    // The runtime does not list a socket that has vanished, although it has not reported the close.
    for (const { socket } of this.awake.values())
      if (!(socket instanceof StoredSocket) && isOpen(socket)) open.add(socket)
    this.counted = new WeakSet(open)
    this.count = open.size
    return this.count
  }

  /** Adds the stand-in for a vanished socket, which may be in the count. */
  private addStandIn(id: string, detached: DetachedSocket): void {
    this.detachedById?.set(id, detached)
    this.count = undefined
  }

  /**
   * The sessions in storage that have no socket. A durable one that has a socket is in storage too. A closing socket counts, because its
   * close ends or detaches the session, and may be the event that has woken the object. So does a vanished one whose flow is in memory.
   */
  private storedSessions(): Map<string, DetachedSocket> {
    const { kv } = this.ctx.storage
    const found: [id: string, detachedAt: number][] = []
    for (const [key, row] of kv.list({ prefix: sessionPrefix })) {
      const id = key.slice(sessionPrefix.length)
      if (this.awake.byId(id) || this.socketsOf(id).length > 0) continue
      const { detachedAt, hasEnded } = detachOf(row)
      found.push([id, detachedAt])
      if (hasEnded) this.ended.add(id)
    }
    found.sort(([, one], [, other]) => (one < other ? -1 : Number(one > other)))
    return new Map(found.map(([id]) => [id, new DetachedSocket(id, kv)]))
  }

  /** The closed sockets in storage. Each had a flow that still worked before the object hibernated. */
  private storedClosed(): Map<string, ClosedSocket> {
    const { kv } = this.ctx.storage
    const ids = Array.from(kv.list({ prefix: closedPrefix }), ([key]) => key.slice(closedPrefix.length))
    return new Map(ids.map((id) => [id, new ClosedSocket(id, kv)]))
  }
}

/** The tag by which the socket of a connection is found. */
function tagOf(id: string): string {
  return `${ours}:${id}`
}
