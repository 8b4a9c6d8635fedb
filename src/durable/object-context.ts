import type { SharedFrames } from "../session/shared-frames.ts"
import type { Endpoint, EndpointDefaults, Share } from "../socket/endpoint.ts"
import type { EventScope } from "../stream/clock-host.ts"
import type { Snapshot } from "../stream/engine/run.ts"
import type { Logger } from "../stream/logger.ts"
import type { ObjectActorHome } from "./actor-home.ts"
import type { AlarmClock } from "./alarm-clock.ts"
import type { DirtySet } from "./dirty-set.ts"
import type { Outbound } from "./outbound.ts"
import type { AnyChannel } from "./shared/channel.ts"
import type { HubLog } from "./shared/hub-log.ts"
import type { AcceptedSockets } from "./sockets/accepted-sockets.ts"
import type { AttachmentStore } from "./sockets/attachment-store.ts"
import type { ConnectionContext } from "./sockets/connection-cells.ts"

/** The methods of a `FlowObject` that its author overrides. */
export interface ObjectCallbacks {
  /** The name of the class, for errors. */
  readonly className: string
  /** The logger and the metrics of the object. */
  defaults(): EndpointDefaults
  /** The endpoint of a connection, or the response that refuses it. */
  endpoint(context: ConnectionContext): Endpoint | Response
  /** The snapshot for a flow that has changed; `undefined` closes the socket. */
  migrate(snapshot: Snapshot, from: string, to: string): Snapshot | undefined
  /** How many sessions may be without a socket. */
  maxDetached(): number
}

/** The parts of an object that its sockets use. */
export interface SocketsHost extends ObjectCallbacks {
  readonly accepted: AcceptedSockets
  readonly log: Logger
  readonly alarms: AlarmClock
  readonly attachments: AttachmentStore
  readonly outbound: Outbound
  readonly dirty: DirtySet
  /** Saves what the event has changed so far, except in an asynchronous transaction. */
  saveNow(): void
  /** Every channel that a flow may subscribe to. */
  readonly channels: readonly AnyChannel[]
  readonly actors: ObjectActorHome
  readonly share: Share
  /** The log of the hub with this channel; `undefined` for a hub without one. */
  logOf(channel: string): HubLog<unknown> | undefined
  /** Encodes the frames that go to many sessions. */
  readonly sessionFrames: SharedFrames
  /** The events of connections are events of the object. */
  readonly scope: EventScope
}
