import type { Clock } from "../stream/clock.ts"
import type { EventScope } from "../stream/clock-host.ts"
import type { Snapshot } from "../stream/engine/run.ts"
import type { Step } from "../stream/engine/wiring.ts"
import type { Logger } from "../stream/logger.ts"
import type { CloseCodes } from "./close-codes.ts"
import type { Data } from "./codec.ts"
import type { AllLimits, LimitGuard, SavedGuard } from "./limits.ts"
import type { Metrics } from "./metrics.ts"

/** The part of a WebSocket that a connection writes to. The target, a plain Worker or a Durable Object, provides it. */
export interface Socket {
  send(data: Data): void
  /** Without a code: a close frame without one. */
  close(code?: number, reason?: string): void
  /** Bytes that were sent and that the network has not taken yet; `undefined` on older runtimes. */
  readonly bufferedAmount?: number | undefined
  /** Whether an event follows when the client has taken the frames, so that nothing has to be polled. */
  readonly isAcknowledged?: boolean
  /** How many messages the client sends before the first of them is acknowledged. Default: no bound. */
  readonly inFlight?: number
  /** The flow does not get a message that the client has sent, because it breaks a limit or cannot be decoded. The close follows. */
  onRefused?(): void
}

/** The settings of a connection, besides its codec, its flow and its socket. */
export interface ConnectionSettings {
  clock: Clock
  limits: AllLimits
  metrics: Metrics
  logger: Logger
  closeCodes: Required<CloseCodes>
  /** The path of its route as it was written, for logs. */
  route: string
  /** Identifies the connection in logs and metrics. */
  id: string
  /** Called once with the failure that closes the socket with 1011. Default: the logger. */
  onError?(error: unknown): void
  /** Called with the steps of the flow before it runs. An error that it throws refuses the flow. */
  onWired?(steps: readonly Step[]): void
  /** Called before an event that the flow begins itself. An error that it throws keeps the event out. See `ConnectionHost`. */
  enter?(): void
  /** The result of `save` has changed; for targets that hibernate. */
  onChanged?(): void
  /** An event is over, and no element is on its way. */
  onSettled?(): void
  /** Times the polls of slow clients. Timers of the flow's clock would survive hibernation. Default: the runtime's timers. */
  pollClock?: Clock
  /** The owner of the connection's run: see `Host.owner`. */
  owner?: object
  /** See `HostHooks.scope`. */
  scope?: EventScope
}

/** The state of a connection while its object hibernates. */
export interface SavedConnection {
  run: Snapshot
  guard: SavedGuard | undefined
  isOpen: boolean
  inputIsDone: boolean
  hasFailed: boolean
}

/** An element of a hub's log. */
export interface DirectElement {
  /** The name of the hub's channel. */
  readonly hub: string
  readonly number: number
}

/** The part of a connection that a target calls, for elements of any type. */
export interface AnyConnection {
  /** Starts the flow of an open socket, or restores it from `saved`. */
  open(saved?: SavedConnection): void
  /** The state from which `open` restores the connection in another instance. */
  save(): SavedConnection
  /** A frame has come. */
  onMessage(data: Data): void
  /**
   * The peer has closed, and gets its code and reason back: no code for none, 1002 for a code that must not be on the wire (RFC 6455
   * §7.4).
   */
  onPeerClose(code: number, reason: string): void
  /** The connection has ended without a close. Nothing can be written to it. */
  onDisconnect(): void
  /** The client has sent nothing for as long as its idle timeout. */
  onIdleTimeout(): void
  /** A dependency of the flow outside of it, such as a cell, may have changed. */
  reevaluate(): void
  /** Closes the socket from outside the flow. Throws a `RangeError` for a code that must not be sent. */
  close(code: number, reason: string): void
  /** Closes the socket because of an error. */
  fail(error: unknown): void
  /** The same as `fail` and `terminate`, without the messages that wait for a slow client. */
  abort(error: unknown): void
  /** Ends the flow at once, with everything that is on its way through it. Closes the socket with 1000 if it is open. */
  terminate(): void
  /** The error that names the step whose state structured clone refuses; `undefined` if it takes all of them. */
  unstorable(): Error | undefined
  /** Counts its messages. Call `countPause` when its client is back after a lost socket. */
  readonly guard: Pick<LimitGuard, "countPause">
  /** The socket is open. */
  readonly isOpen: boolean
  /** The socket is closed, and the flow has ended. */
  readonly isOver: boolean
  /** The number of messages that wait for the flow. */
  readonly queued: number
  /** The client is slow, and has not caught up yet. */
  readonly isBehind: boolean
  /** When the next timer of the flow is due, in milliseconds since the epoch; `Infinity` for never. */
  readonly due: number
  /** Whether the flow depends on something outside, such as the condition of a tick on a cell. */
  readonly dependsOnOutside: boolean
  /** The channels and actors whose elements go to the client unchanged. */
  readonly directSources: readonly string[] | undefined
  /** The hub with a log whose elements go to the client unchanged, while the flow is not behind in it. */
  readonly directLog: string | undefined
  /** The element of a hub's log that is being sent with no stage in between. */
  readonly directElement: DirectElement | undefined
  /** Goes back to an element of a hub's log, if its elements go to the client unchanged. Returns whether they do. */
  rewind(element: DirectElement): boolean
}
