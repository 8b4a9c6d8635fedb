import { ActorScope } from "../../actor/actor-scope.ts"
import type { ServerSession } from "../../session/server-session.ts"
import { type ConnectionInfo, routeOf } from "../../socket/connection-info.ts"
import type { AnyConnection, Endpoint } from "../../socket/endpoint.ts"
import type { Description } from "../../stream/blueprint.ts"
import { assertDurable, fingerprint } from "../../stream/fingerprint.ts"
import type { SocketsHost } from "../object-context.ts"
import type { HeldSocket } from "../outbound.ts"
import { DetachedSocket } from "../sessions/detached-socket.ts"
import { SessionSocket } from "../sessions/session-socket.ts"
import { type Attachment, encodeFixedPart } from "./attachment.ts"
import type { ConnectionCells } from "./connection-cells.ts"
import type { Activity } from "./idle-sweep.ts"
import type { ObjectSocket } from "./object-socket.ts"

/** A socket whose flow is in memory. */
export interface AwakeSocket {
  readonly id: string
  readonly info: ConnectionInfo
  readonly fingerprint: string
  /** The part of its attachment that never changes, encoded. */
  readonly fixed: string
  readonly cells: ConnectionCells
  /** The scope of its actors, which is also the owner of its run. */
  readonly scope: ActorScope
  /** Another one when the session is resumed. */
  socket: ObjectSocket
  outgoing: HeldSocket
  /** What the connection writes to, if it outlives its socket. */
  readonly session: SessionSocket | undefined
  readonly endpoint: Endpoint
  readonly connection: AnyConnection
  readonly activity: Activity | undefined
  readonly isBatched: true | undefined
  /** When its session ends, if it has no socket. */
  expires: number | undefined
  /** Whether something has changed since it was saved. */
  isDirty: boolean
  /** Whether its last attachment says that its flow cannot go on. */
  isLost: boolean
}

/** What a flow is built from: the identity of its connection, and what its author gave it. */
interface Parts extends Pick<Attachment, "id" | "info" | "activity" | "expires" | "isBatched"> {
  socket: ObjectSocket
  session?: ServerSession
  cells: ConnectionCells
  endpoint: Endpoint
}

/** What a socket reports to the sockets of its object. */
export interface SocketEvents {
  onDirty(awake: AwakeSocket): void
  /** A frame could not be sent. */
  onLost(awake: AwakeSocket): void
}

/** Builds the flow of a socket, without starting it. A `PinnedFlowError` for a flow that cannot hibernate. */
export function buildSocket(object: SocketsHost, parts: Parts, events: SocketEvents): AwakeSocket {
  const { id, info, activity: kept, isBatched, socket, cells, endpoint, expires } = parts
  const { actors, alarms, share, outbound } = object
  const actorScope = new ActorScope(actors, `/@${id}`)
  let shape = ""
  const onWired = (steps: readonly Description[]) => {
    assertDurable(steps, flowOf(object.className))
    shape = fingerprint(steps, endpoint.version)
  }
  const onDirty = () => events.onDirty(awake)
  const hooks = { onWired, onChanged: onDirty, origin: actorScope, scope: object.scope }
  const outgoing = outbound.socket(socket, isBatched)
  const session = parts.session && new SessionSocket(parts.session, outbound, onDirty)
  const identity = { route: routeOf(info), id }
  const connection = endpoint.connection(session ?? outgoing, alarms.for(id), identity, hooks, share)
  const { idleTimeout: timeout } = endpoint.limits
  const activity = timeout < Infinity ? { timeout, at: kept?.at ?? alarms.now() } : undefined
  const awake: AwakeSocket = {
    ...{ id, info, cells, scope: actorScope, socket, outgoing, session, endpoint, connection, activity, isBatched },
    fingerprint: shape,
    fixed: encodeFixedPart({ id, info, fingerprint: shape }),
    expires,
    isDirty: false,
    isLost: false,
  }
  cells.onDirty = onDirty
  carry(awake, socket, outgoing, events)
  return awake
}

/** A socket carries the frames of a connection from now on. */
export function carry(awake: AwakeSocket, socket: ObjectSocket, outgoing: HeldSocket, events: SocketEvents): void {
  awake.socket = socket
  awake.outgoing = outgoing
  outgoing.onError = () => events.onLost(awake)
  outgoing.onReleased = () => awake.connection.touch()
  if (!(socket instanceof DetachedSocket)) awake.session?.attach(outgoing)
}

/** What errors call the flow of a connection. */
export function flowOf(className: string): string {
  return `the flow that ${className}.accept returns`
}
