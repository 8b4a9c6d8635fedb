import { CloseCode } from "../../socket/close.ts"
import type { SocketsHost } from "../object-context.ts"
import type { SessionSocket } from "../sessions/session-socket.ts"
import { encodeAttachment, type MutableState } from "./attachment.ts"
import type { AwakeSocket } from "./awake-socket.ts"
import type { IdleSweep } from "./idle-sweep.ts"

/** Writes the state of connections to their attachments. */
export class SocketState {
  constructor(
    private readonly object: Pick<SocketsHost, "attachments" | "channels">,
    private readonly idle: IdleSweep,
  ) {}

  /** Throws for a state that cannot be stored. */
  save(awake: AwakeSocket): void {
    const { socket, id, fixedPart, connection, endpoint } = awake
    const { attachments } = this.object
    const sessionSocket = openSession(awake)
    sessionSocket?.flush()
    const state = this.stateOf(awake)
    awake.isUnrecoverable = false
    const saved = connection.save()
    const encoded = encodeAttachment(fixedPart, saved, state)
    if (sessionSocket) {
      if (endpoint.resume?.durable) attachments.writeDurable(socket, id, encoded)
      else if (!attachments.write(socket, id, encoded)) attachments.spill(socket, id, encoded)
      sessionSocket.session.commit()
      return
    }
    if (attachments.write(socket, id, encoded)) return
    // A slow client keeps the object in memory, so its state need not be written with every message. Megabytes of it would slow
    // down the other connections.
    const unrecoverable = encodeAttachment(fixedPart, { ...saved, run: [] }, { ...state, isLost: true })
    awake.isUnrecoverable = connection.isBehind && attachments.write(socket, id, unrecoverable)
    if (!awake.isUnrecoverable) attachments.spill(socket, id, encoded)
  }

  private stateOf(awake: AwakeSocket): MutableState {
    const { endpoint, cells, owner, connection, activity, isBatched, expires } = awake
    const session = openSession(awake)?.session
    const { due, dependsOnOutside } = connection
    const crossWatches = owner.actorScope?.crossWatches
    const state: MutableState = {}
    let { directSources, directLog } = connection
    for (const channel of this.object.channels) {
      if (!channel.needs(owner)) continue
      state.hubs ??= []
      state.hubs.push(channel.name)
      if (!channel.hasSeveral(owner)) continue
      directSources = directSources?.filter((name) => name !== channel.name)
      if (directLog === channel.name) directLog = undefined
    }
    if (cells.values) state.cells = cells.values
    if (due < Infinity) state.due = due
    if (dependsOnOutside) state.dependsOnOutside = true
    // A slow client has waiting messages, which an element that is sent directly would overtake.
    if (connection.isBehind) directSources = []
    if (session) {
      state.session = session.save(connection.isBehind ? undefined : directLog)
      // A session counts every message: only those that are in the log of a hub are counted without its flow.
      directSources = directSources?.filter((name) => session.follows(name))
    }
    if (directSources && directSources.length > 0) {
      state.direct = directSources.length > 1 ? directSources : directSources[0]
    }
    if (crossWatches && crossWatches.length > 0) state.crossWatches = crossWatches
    if (isBatched) state.isBatched = true
    if (expires !== undefined) state.expires = expires
    const { restarted } = endpoint.closeCodes
    if (restarted !== CloseCode.serviceRestart) state.restarted = restarted
    if (activity) state.activity = this.idle.toSave(activity)
    return state
  }
}

/** The session of a connection, unless it is over although the flow still works. */
function openSession({ isClosed, sessionSocket }: AwakeSocket): SessionSocket | undefined {
  return isClosed ? undefined : sessionSocket
}
