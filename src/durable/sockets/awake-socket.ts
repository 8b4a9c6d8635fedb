import { ActorScope } from "../../actor/actor-scope.ts"
import { type ConnectionInfo, routeOf } from "../../socket/connection-info.ts"
import type { Endpoint } from "../../socket/endpoint.ts"
import type { AnyConnection } from "../../socket/target.ts"
import type { Description } from "../../stream/blueprint.ts"
import { assertDurable, fingerprint } from "../../stream/fingerprint.ts"
import type { SocketsHost } from "../object-context.ts"
import type { HeldSocket } from "../outbound.ts"
import { type Attachment, encodeFixedPart } from "./attachment.ts"
import type { ConnectionCells } from "./connection-cells.ts"
import type { Activity } from "./idle-sweep.ts"

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
  readonly socket: WebSocket
  readonly outgoing: HeldSocket
  readonly endpoint: Endpoint
  readonly connection: AnyConnection
  readonly activity: Activity | undefined
  readonly isBatched: true | undefined
  /** Whether something has changed since it was saved. */
  isDirty: boolean
  /** Whether its last attachment says that its flow cannot go on. */
  isLost: boolean
}

/** What a flow is built from: the identity of its connection, and what its author gave it. */
interface Parts extends Pick<Attachment, "id" | "info" | "activity" | "isBatched"> {
  socket: WebSocket
  cells: ConnectionCells
  endpoint: Endpoint
}

/** Builds the flow of a socket, without starting it. A `PinnedFlowError` for a flow that cannot hibernate. */
export function buildSocket(object: SocketsHost, parts: Parts, onDirty: (awake: AwakeSocket) => void): AwakeSocket {
  const { id, info, activity: kept, isBatched, socket, cells, endpoint } = parts
  const { actors, alarms, share, outbound } = object
  const actorScope = new ActorScope(actors, `/@${id}`)
  let shape = ""
  const onWired = (steps: readonly Description[]) => {
    assertDurable(steps, flowOf(object.className))
    shape = fingerprint(steps, endpoint.version)
  }
  const hooks = { onWired, onChanged: () => onDirty(awake), owner: actorScope, scope: object.scope }
  const outgoing = outbound.socket(socket, isBatched)
  const connection = endpoint.connection(outgoing, alarms.for(id), { route: routeOf(info), id }, hooks, share)
  outgoing.onError = () => connection.onDisconnect()
  outgoing.onReleased = () => connection.reevaluate()
  const { idleTimeout: timeout } = endpoint.limits
  const activity = timeout < Infinity ? { timeout, at: kept?.at ?? alarms.now() } : undefined
  const awake: AwakeSocket = {
    ...{ id, info, cells, scope: actorScope, socket, outgoing, endpoint, connection, activity, isBatched },
    fingerprint: shape,
    fixed: encodeFixedPart({ id, info, fingerprint: shape }),
    isDirty: false,
    isLost: false,
  }
  cells.onDirty = () => onDirty(awake)
  return awake
}

/** What errors call the flow of a connection. */
export function flowOf(className: string): string {
  return `the flow that ${className}.accept returns`
}
