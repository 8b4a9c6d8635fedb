import { ActorScope } from "../../actor/actor-scope.ts"
import { type ConnectionInfo, routeOf } from "../../socket/connection-info.ts"
import type { Endpoint } from "../../socket/endpoint.ts"
import type { AnyConnection } from "../../socket/target.ts"
import { assertDurable, fingerprint } from "../../stream/engine/fingerprint.ts"
import type { Snapshot } from "../../stream/engine/run.ts"
import type { Unsaved } from "../dirty-set.ts"
import { flowOf } from "../flow-check.ts"
import type { SocketsHost } from "../object-context.ts"
import type { HeldSocket } from "../outbound.ts"
import { type Attachment, encodeFixedPart } from "./attachment.ts"
import type { ConnectionCells } from "./connection-cells.ts"
import type { Activity } from "./idle-sweep.ts"

/** What the flow of a socket is built from: the identity of its connection, and the endpoint that its author gave it. */
export interface SocketParts extends Pick<Attachment, "id" | "info" | "activity" | "isBatched"> {
  readonly socket: WebSocket
  readonly cells: ConnectionCells
  readonly endpoint: Endpoint
}

/** A socket whose flow is in memory. The constructor builds the flow, and `connection.open` starts it. */
export class AwakeSocket implements Unsaved {
  readonly id: string
  readonly info: ConnectionInfo
  readonly socket: WebSocket
  readonly endpoint: Endpoint
  readonly cells: ConnectionCells
  readonly isBatched: true | undefined
  /** The scope of its actors, which is also the owner of its run. */
  readonly actorScope: ActorScope
  readonly outgoing: HeldSocket
  readonly connection: AnyConnection
  /** `undefined` without an idle timeout. */
  readonly activity: Activity | undefined
  /** The part of its attachment that never changes, encoded. */
  readonly fixedPart: string
  /** Whether its attachment says that its flow cannot go on: see `MutableState.isLost`. */
  isUnrecoverable = false
  private shape = ""

  /**
   * Throws a `PinnedFlowError` for a flow that cannot hibernate.
   *
   * @param store writes the attachment
   */
  constructor(
    private readonly object: SocketsHost,
    parts: SocketParts,
    private readonly store: (awake: AwakeSocket) => void,
  ) {
    const { id, info, activity, isBatched, socket, cells, endpoint } = parts
    const { actors, alarms, share, outbound, scope } = object
    this.id = id
    this.info = info
    this.socket = socket
    this.endpoint = endpoint
    this.cells = cells
    this.isBatched = isBatched
    this.actorScope = new ActorScope(actors, `/@${id}`)
    this.outgoing = outbound.socket(socket, isBatched)
    const hooks: Parameters<Endpoint["connection"]>[3] = {
      onWired: (steps) => {
        assertDurable(steps, flowOf(object.className))
        this.shape = fingerprint(steps, endpoint.version)
      },
      onChanged: () => this.markDirty(),
      onSettled: () => {
        if (this.isUnrecoverable && !this.connection.isBehind) this.markDirty()
      },
      owner: this.actorScope,
      scope,
    }
    this.connection = endpoint.connection(this.outgoing, alarms.for(id), { route: routeOf(info), id }, hooks, share)
    this.fixedPart = encodeFixedPart({ id, info, fingerprint: this.shape })
    const { idleTimeout: timeout } = endpoint.limits
    this.activity = timeout < Infinity ? { timeout, at: activity?.at ?? alarms.now() } : undefined
    this.outgoing.onError = () => this.connection.onDisconnect()
    this.outgoing.onReleased = () => this.connection.reevaluate()
    cells.onDirty = () => this.markDirty()
  }

  /** The fingerprint of the flow. */
  get fingerprint(): string {
    return this.shape
  }

  /** The snapshot for its flow, migrated if the flow has changed; `undefined` if the flow cannot go on. */
  runFrom({ saved, fingerprint: from, isUnrecoverable }: Attachment): Snapshot | undefined {
    if (isUnrecoverable) return undefined
    return from === this.shape ? saved.run : this.object.migrate(saved.run, from, this.shape)
  }

  markDirty(): void {
    this.object.dirty.add(this)
  }

  save(): void {
    this.store(this)
  }
}
