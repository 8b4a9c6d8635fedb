import type { ServerSession } from "../../session/server-session.ts"
import type { ConnectionInfo } from "../../socket/connection-info.ts"
import type { Endpoint } from "../../socket/endpoint.ts"
import type { AnyConnection } from "../../socket/target.ts"
import { assertDurable, fingerprint } from "../../stream/engine/fingerprint.ts"
import type { Snapshot } from "../../stream/engine/run.ts"
import { RunOwner } from "../actor-home.ts"
import type { Unsaved } from "../dirty-set.ts"
import { flowOf } from "../flow-check.ts"
import type { SocketsHost } from "../object-context.ts"
import type { HeldSocket } from "../outbound.ts"
import { type SessionHooks, SessionSocket } from "../sessions/session-socket.ts"
import { type Attachment, encodeFixedPart } from "./attachment.ts"
import type { ConnectionCells } from "./connection-cells.ts"
import type { Activity } from "./idle-sweep.ts"
import type { ObjectSocket } from "./object-socket.ts"
import { StoredSocket } from "./stored-socket.ts"

/** The parts that the flow of a socket is built from: the identity of its connection, and the endpoint that its author gave it. */
export interface SocketParts extends Pick<Attachment, "id" | "info" | "activity" | "expires" | "isBatched"> {
  readonly socket: ObjectSocket
  readonly cells: ConnectionCells
  readonly endpoint: Endpoint
  readonly serverSession?: ServerSession
}

/** The events of a connection that its sockets handle. */
export interface AwakeEvents {
  /** Writes the attachment. */
  store(awake: AwakeSocket): void
  /** A frame could not be sent. */
  onLost(awake: AwakeSocket): void
}

/** A socket whose flow is in memory. The constructor builds the flow, and `connection.open` starts it. */
export class AwakeSocket implements Unsaved {
  readonly isConnection = true
  readonly id: string
  readonly info: ConnectionInfo
  /** Another one when the session is resumed. */
  socket!: ObjectSocket
  readonly endpoint: Endpoint
  readonly cells: ConnectionCells
  readonly isBatched: true | undefined
  /** The owner of its run. */
  readonly owner: RunOwner
  outgoing!: HeldSocket
  /** The socket that the connection writes to, if it outlives its socket. */
  readonly sessionSocket: SessionSocket | undefined
  /** When its session ends, if it has no socket, in milliseconds since the epoch. */
  expires: number | undefined
  readonly connection: AnyConnection
  /** `undefined` without an idle timeout. */
  readonly activity: Activity | undefined
  /** The part of its attachment that never changes, encoded. */
  readonly fixedPart: string
  /** Whether its attachment is without the state of its flow, which cannot be restored then: see `MutableState.isLost`. */
  isUnrecoverable = false
  /** The fingerprint of the flow. */
  fingerprint = ""
  private readonly sessionHooks: SessionHooks = {
    onDirty: () => this.markDirty(),
    queued: () => this.connection.queued,
    element: () => this.connection.directElement,
  }

  /** Throws a `PinnedFlowError` for a flow that cannot hibernate. */
  constructor(
    private readonly object: SocketsHost,
    parts: SocketParts,
    private readonly events: AwakeEvents,
  ) {
    const { id, info, activity, isBatched, socket, cells, endpoint, serverSession, expires } = parts
    const { actors, alarms, share, outbound, scope } = object
    this.id = id
    this.info = info
    this.endpoint = endpoint
    this.cells = cells
    this.isBatched = isBatched
    this.owner = new RunOwner(actors, `/@${id}`)
    this.expires = expires
    this.sessionSocket = serverSession && new SessionSocket(serverSession, outbound, this.sessionHooks)
    const outgoing = outbound.socket(socket, isBatched)
    const hooks: Parameters<Endpoint["connection"]>[3] = {
      onWired: (steps) => {
        assertDurable(steps, flowOf(object.className))
        this.fingerprint = fingerprint(steps, endpoint.version)
      },
      onChanged: () => this.markDirty(),
      owner: this.owner,
      scope,
      ...object.defaults(),
    }
    const identity = { route: info.route, id }
    this.connection = endpoint.connection(this.sessionSocket ?? outgoing, alarms.for(id), identity, hooks, share)
    this.fixedPart = encodeFixedPart(this)
    const { idleTimeout: timeout } = endpoint.limits
    this.activity = timeout < Infinity ? { timeout, at: activity?.at ?? alarms.now() } : undefined
    cells.onDirty = () => this.markDirty()
    cells.event = (change) =>
      scope.event(() => {
        change()
        this.connection.reevaluate()
      })
    this.carry(socket, outgoing)
  }

  /** A socket carries the frames of the connection from now on. */
  carry(socket: ObjectSocket, outgoing: HeldSocket): void {
    this.socket = socket
    this.outgoing = outgoing
    // A frame for the socket before may still be held.
    outgoing.onError = () => {
      if (this.outgoing === outgoing) this.events.onLost(this)
    }
    outgoing.onReleased = () => this.connection.reevaluate()
    if (!(socket instanceof StoredSocket)) this.sessionSocket?.attach(outgoing)
  }

  /** Whether nothing can be sent to its client any longer. Its flow may still work on earlier messages. */
  get isClosed(): boolean {
    return !this.connection.isOpen && !this.sessionSocket?.isClosing
  }

  /** The snapshot for its flow, migrated if the flow has changed; `undefined` if the flow cannot go on. */
  runFrom({ saved, fingerprint: from, isUnrecoverable }: Attachment): Snapshot | undefined {
    if (isUnrecoverable) return undefined
    return from === this.fingerprint ? saved.run : this.object.migrate(saved.run, from, this.fingerprint)
  }

  /** Closes the socket, and ends the flow and the session at once. */
  closeNow(code: number, reason: string): void {
    if (this.sessionSocket) this.sessionSocket.isOver = true
    this.connection.close(code, reason)
    this.connection.terminate()
  }

  markDirty(): void {
    this.object.dirty.add(this)
  }

  save(): void {
    this.events.store(this)
  }
}
