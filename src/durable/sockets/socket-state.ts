import { ActorSourceStage } from "../../actor/actor-source.ts"
import { CloseCode } from "../../socket/close.ts"
import type { SocketsHost } from "../object-context.ts"
import { Subscription } from "../shared/channel.ts"
import { LogSubscription } from "../shared/log-subscription.ts"
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
    const { socket, id, fixed, connection, endpoint } = awake
    const { attachments } = this.object
    awake.session?.flush(connection.queued)
    const state = this.stateOf(awake)
    awake.isLost = false
    const saved = connection.save()
    const encoded = encodeAttachment(fixed, saved, state)
    if (awake.session) {
      if (endpoint.resume?.durable) attachments.writeDurable(socket, id, encoded)
      else if (!attachments.write(socket, id, encoded)) attachments.spill(socket, id, encoded)
      awake.session.session.commit()
      return
    }
    if (attachments.write(socket, id, encoded)) return
    // While a client is slow its object stays in memory, and writing megabytes with every message would slow down the others.
    const lost = encodeAttachment(fixed, { ...saved, run: [] }, { ...state, isLost: true })
    awake.isLost = connection.isBehind && attachments.write(socket, id, lost)
    if (!awake.isLost) attachments.spill(socket, id, encoded)
  }

  private stateOf({
    endpoint,
    cells,
    scope,
    connection,
    activity,
    isBatched,
    session,
    expires,
  }: AwakeSocket): MutableState | undefined {
    const { output, due, origin, watches } = connection
    const crossWatches = this.object.actors.watchesAcross(scope)
    const state: MutableState = {}
    for (const channel of this.object.channels) {
      if (!channel.needs(origin)) continue
      state.hubs ??= []
      state.hubs.push(channel.name)
    }
    if (cells.values) state.cells = cells.values
    if (due < Infinity) state.due = due
    if (watches) state.dependsOnOutside = true
    // What waits for a slow client would be overtaken.
    // A session counts every message, so its flow has to send them.
    const direct = connection.isBehind || session ? undefined : directSource(output)
    if (direct !== undefined) state.direct = direct
    if (crossWatches.length > 0) state.crossWatches = crossWatches
    if (isBatched) state.isBatched = true
    if (session) state.session = session.session.save()
    if (expires !== undefined) state.expires = expires
    const { restarted } = endpoint.closeCodes
    if (restarted !== CloseCode.serviceRestart) state.restarted = restarted
    if (activity) state.activity = this.idle.kept(activity)
    return Object.keys(state).length > 0 ? state : undefined
  }
}

/** The channel, or the path of the actor, whose elements go to the client with no stage in between. */
function directSource(output: unknown): string | undefined {
  if (output instanceof Subscription) return output.channel.name
  if (output instanceof LogSubscription) return output.isBehind ? undefined : output.channel.name
  return output instanceof ActorSourceStage ? output.path : undefined
}
