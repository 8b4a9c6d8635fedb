import { ActorSourceStage } from "../../actor/actor-source.ts"
import { CloseCode } from "../../socket/close.ts"
import type { SocketsHost } from "../object-context.ts"
import { Subscription } from "../shared/channel.ts"
import { encodeAttachment, type MutableState } from "./attachment.ts"
import type { AwakeSocket } from "./awake-socket.ts"
import type { IdleSweep } from "./idle-sweep.ts"

/** Saves connections: their flows in memory become attachments. */
export class SocketState {
  constructor(
    private readonly object: Pick<SocketsHost, "attachments" | "actors" | "channels">,
    private readonly idle: IdleSweep,
  ) {}

  /** An error for a state that cannot be stored. */
  save(awake: AwakeSocket): void {
    const { socket, id, fixed, connection } = awake
    const { attachments } = this.object
    const state = this.stateOf(awake)
    awake.isLost = false
    const saved = connection.save()
    const encoded = encodeAttachment(fixed, saved, state)
    if (attachments.write(socket, id, encoded)) return
    // While a client is slow its object stays in memory, and writing megabytes with every message would slow down the others.
    const lost = encodeAttachment(fixed, { ...saved, run: [] }, { ...state, isLost: true })
    awake.isLost = connection.isBehind && attachments.write(socket, id, lost)
    if (!awake.isLost) attachments.spill(socket, id, encoded)
  }

  private stateOf({ endpoint, cells, scope, connection, activity, isBatched }: AwakeSocket): MutableState | undefined {
    const { output, due, owner, dependsOnOutside } = connection
    const crossWatches = this.object.actors.watchesAcross(scope)
    const state: MutableState = {}
    for (const channel of this.object.channels) {
      if (!channel.hasSubscriber(owner)) continue
      state.hubs ??= []
      state.hubs.push(channel.name)
    }
    if (cells.values) state.cells = cells.values
    if (due < Infinity) state.due = due
    if (dependsOnOutside) state.dependsOnOutside = true
    // What waits for a slow client would be overtaken.
    const direct = connection.isBehind ? undefined : directSource(output)
    if (direct !== undefined) state.direct = direct
    if (crossWatches.length > 0) state.crossWatches = crossWatches
    if (isBatched) state.isBatched = true
    const { restarted } = endpoint.closeCodes
    if (restarted !== CloseCode.serviceRestart) state.restarted = restarted
    if (activity) state.activity = this.idle.kept(activity)
    return Object.keys(state).length > 0 ? state : undefined
  }
}

/** The channel, or the path of the actor, whose elements go to the client with no stage in between. */
function directSource(output: unknown): string | undefined {
  if (output instanceof Subscription) return output.channel.name
  return output instanceof ActorSourceStage ? output.path : undefined
}
