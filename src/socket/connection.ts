import type { Description } from "../stream/blueprint.ts"
import { type Clock, type EventScope, type HostHooks, systemClock } from "../stream/clock.ts"
import { Wiring } from "../stream/compile.ts"
import { ActorFailedError, BufferOverflowError, NoSuchElementError } from "../stream/errors.ts"
import type { Flow } from "../stream/flow.ts"
import { type LogEntry, log } from "../stream/logger.ts"
import { hasRemainder } from "../stream/remainder.ts"
import { Run, type Snapshot } from "../stream/run.ts"
import { SinkStage } from "../stream/stages/sink.ts"
import { unstorableError } from "../stream/storable.ts"
import { CloseCode, CloseError, receivedCode, sendable, truncateReason } from "./close.ts"
import { type CloseCodes, translated, withDefaultCodes } from "./close-codes.ts"
import { type Codec, CodecError, type Data } from "./codec.ts"
import { ConnectionHost } from "./connection-host.ts"
import { Inbox, Outbox, type Peer } from "./ends.ts"
import { type AllLimits, LimitGuard, type SavedGuard } from "./limits.ts"
import type { CloseMessage } from "./message.ts"
import type { Metrics } from "./metrics.ts"

/** The part of a WebSocket that a connection writes to; a target provides it. */
export interface Socket {
  send(data: Data): void
  /** Without a code: a close frame without one. */
  close(code?: number, reason?: string): void
  /** Bytes that were sent, but not yet taken by the network; older runtimes do not tell. */
  readonly bufferedAmount?: number
  /** Whether an event tells when the client has taken what was sent, so that nothing has to be polled. */
  readonly isAcknowledged?: boolean
}

/** What a connection needs to know besides its flow. */
export interface ConnectionSettings {
  clock: Clock
  limits: AllLimits
  metrics: Metrics
  /** Default: 1013 and 1012. */
  closeCodes?: Required<CloseCodes>
  /** The path of its route as it was written, for logs. */
  route: string
  /** What logs and metrics know the connection by. */
  id: string
  /** Told once of a failure that closes the socket with 1011. Default: the logger. */
  onError?(error: unknown): void
  /** Told of the steps of the flow, before it runs; what it throws refuses the flow. */
  onWired?(steps: readonly Description[]): void
  /** Called before an event that the flow begins itself; what it throws keeps the event out. See `ConnectionHost`. */
  enter?(): void
  /** Something that `save` tells has changed; for targets that hibernate. */
  onChanged?(): void
  /** An event is over and everything has come to rest. */
  onSettled?(): void
  /** What looks after slow clients go by: not the clock of flows, whose timers survive a sleep. Default: the runtime's timers. */
  looks?: Clock
  /** What the connection's stages know it by: see `Host.origin`. */
  origin?: object
  /** See `HostHooks.scope`. */
  scope?: EventScope
}

/** What a connection keeps while its object sleeps. */
export interface SavedConnection {
  run: Snapshot
  guard: SavedGuard | undefined
  isOpen: boolean
  inputIsDone: boolean
  hasFailed: boolean
}

/**
 * The life of one WebSocket, whatever the target: the flow between an inbox and an outbox, and the rules of closing. A
 * target calls `open`, `message`, `closed` and `dropped`; the close is written exactly once, and nothing is sent after it.
 */
export class Connection<In, Out> implements Peer<Out>, HostHooks {
  private readonly host: ConnectionHost
  private readonly run: Run
  private readonly inbox: Inbox<In>
  private readonly outbox: Outbox<Out>
  private readonly guard: LimitGuard
  private readonly closeCodes: Required<CloseCodes>
  private isOpen = true
  private inputIsDone = false
  private hasFailed = false
  /** At most so many bytes are on their way: what was sent since the socket was last asked, and what it said then. */
  private unsent = 0

  constructor(
    flow: Flow<In, Out>,
    private readonly codec: Codec<In, Out>,
    private readonly socket: Socket,
    private readonly settings: ConnectionSettings,
  ) {
    const { limits, closeCodes = withDefaultCodes() } = settings
    this.guard = new LimitGuard(limits)
    this.closeCodes = closeCodes
    this.inbox = new Inbox(this, limits.maxQueuedMessages, limits.queueOverflow)
    this.outbox = new Outbox(this, limits.slowReader, settings.looks ?? systemClock)
    const wiring = new Wiring()
    wiring.add(this.outbox, wiring.chain(flow.chain, wiring.add(this.inbox, undefined)))
    settings.onWired?.(wiring.steps)
    this.host = new ConnectionHost(settings.clock, this, settings.enter)
    // A copy has no room for more.
    this.run = new Run([...wiring.stages], this.host)
    this.host.run = this.run
    for (const sink of this.sinks()) {
      if (sink !== this.outbox) sink.outcome ??= { resolve() {}, reject: (error) => this.sinkFailed(error) }
    }
  }

  /** The socket is open: the flow starts, or goes on from what was saved of it. */
  open(saved?: SavedConnection): void {
    const { metrics, id } = this.settings
    metrics.met(id)
    if (!saved) {
      metrics.opened++
    } else {
      metrics.wakes++
      this.unsent = this.socket.bufferedAmount ?? 0
      this.isOpen = saved.isOpen
      this.inputIsDone = saved.inputIsDone
      this.hasFailed = saved.hasFailed
      if (saved.guard) this.guard.restore(saved.guard)
    }
    this.host.own(() => this.run.start(saved?.run))
  }

  /** What `open` needs in order to go on in another instance. */
  save(): SavedConnection {
    const { isOpen, inputIsDone, hasFailed } = this
    return { run: this.run.save(), guard: this.guard.save(), isOpen, inputIsDone, hasFailed }
  }

  /** Closed, and done with all that came before. */
  get isOver(): boolean {
    return !this.isOpen && this.outbox.inClosed && this.inbox.outClosed
  }

  /** How many messages wait for the flow. */
  get queued(): number {
    return this.inbox.waiting
  }

  get isPolled(): boolean {
    return this.socket.isAcknowledged !== true
  }

  /** Whether the client is slow, and is looked after. */
  get isBehind(): boolean {
    return this.outbox.isBehind
  }

  /** What the connection's stages know it by: see `Host.origin`. */
  get origin(): object {
    return this.settings.origin ?? this
  }

  get scope(): EventScope | undefined {
    return this.settings.scope
  }

  /** When its flow is due next; `Infinity` for never. */
  get due(): number {
    return this.run.due
  }

  /** Whether its flow depends on what may change outside, such as the condition of a tick on a cell. */
  get watches(): boolean {
    return this.run.watches
  }

  /** Something that it depends on may have changed. */
  touch(): void {
    this.host.own(() => {})
  }

  /** What the output comes from: the stage right above the outbox. */
  get output(): unknown {
    return this.outbox.up
  }

  /** A frame has come. */
  message(data: Data): void {
    if (!this.isOpen) return
    const { metrics } = this.settings
    metrics.received(data)
    this.host.own(() => {
      try {
        this.check(data)
        this.inbox.offer(this.decode(data))
      } catch (error) {
        if (error instanceof BufferOverflowError) this.overflowed("The inbox is full")
        else this.failed(error)
      }
    })
  }

  /** The client has sent nothing for as long as the endpoint waits. */
  idled(): void {
    this.terminate(CloseCode.goingAway, "Idle for too long")
  }

  /** The application closes the socket from outside the flow, which ends. A `RangeError` for a code that must not be sent. */
  terminate(code: number, reason: string): void {
    sendable(code)
    this.host.own(() => this.close(code, reason))
  }

  /** Names the step of the flow whose state structured clone refuses; `undefined` if it takes all of them. */
  unstorable(): Error | undefined {
    return unstorableError(this.run, "the flow")
  }

  /** The peer has closed and gets its code and reason back: no code for none, 1002 for a code that must not be on the wire. */
  closed(code: number, reason: string): void {
    const received = receivedCode(code, reason)
    this.end(received, reason, () => {
      if (received === CloseCode.noStatus) this.socket.close()
      else this.socket.close(received, received === code ? truncateReason(reason) : "")
    })
  }

  /** The connection is gone without a close: nothing can be written to it. */
  vanished(): void {
    this.end(CloseCode.abnormal, "", () => {})
  }

  send(element: Out): void {
    if (!this.isOpen) return
    const data = this.codec.encode(element)
    if (typeof data === "string" || data instanceof Uint8Array) {
      this.settings.metrics.sent(data)
      this.unsent += typeof data === "string" ? data.length * 3 : data.length
      this.socket.send(data)
      return
    }
    this.close(sendable(data.code), data.reason)
    this.outbox.end()
  }

  /** The socket is asked only when enough was sent for it to matter. */
  isSlow(): boolean {
    const { maxBufferedAmount } = this.settings.limits
    // After the close nothing is sent, so the client cannot be slow.
    if (!this.isOpen || this.unsent <= maxBufferedAmount) return false
    this.unsent = this.socket.bufferedAmount ?? 0
    return this.unsent > maxBufferedAmount
  }

  dropped(count: number): void {
    this.settings.metrics.drops += count
  }

  /** The input is cancelled, but what was taken before may still be on its way out: see `settled`. */
  inputDone(): void {
    this.inputIsDone = true
  }

  outputDone(): void {
    this.close(CloseCode.normal, "")
  }

  lingered(): void {
    this.finish()
  }

  failed(error: unknown): void {
    if (error instanceof CloseError) {
      if (error.code === CloseCode.tryAgainLater) this.settings.metrics.overflows++
      this.close(error.code, error.reason, error.cause)
      return
    }
    if (error instanceof BufferOverflowError) {
      this.overflowed("Too many messages are waiting")
      return
    }
    this.close(CloseCode.internalError, "")
    if (this.hasFailed || error instanceof ActorFailedError) return
    this.hasFailed = true
    this.report(error)
  }

  /** What an author's `onError` throws must not reach the event, which may be another connection's. */
  private report(error: unknown): void {
    const { onError } = this.settings
    try {
      if (onError) onError(error)
      else this.log("error", "flow failed", CloseCode.internalError, error)
    } catch (thrown) {
      this.log("error", "onError failed", CloseCode.internalError, thrown)
    }
  }

  /** A sink inside the flow; one that got no element because the client left early has not failed. */
  private sinkFailed(error: unknown): void {
    if (!(error instanceof NoSuchElementError)) this.failed(error)
  }

  private check(data: Data): void {
    const isTimed = this.settings.limits.messagesPerSecond < Infinity
    this.guard.check(data, isTimed ? this.host.now() : 0)
    if (isTimed) this.changed()
  }

  /** A frame that cannot be decoded is the client's fault: it closes with 1003, and fills no log. */
  private decode(data: Data): In {
    try {
      return this.codec.decode(data)
    } catch (error) {
      this.settings.metrics.decodeErrors++
      if (error instanceof CloseError || error instanceof CodecError) throw error
      throw new CloseError(CloseCode.unsupportedData, "Unable to decode the message", { cause: error })
    }
  }

  private overflowed(reason: string): void {
    this.failed(new CloseError(CloseCode.tryAgainLater, reason))
  }

  private close(code: number, reason: string, cause?: unknown): void {
    if (!this.isOpen) return
    const sent = translated(code, this.closeCodes)
    this.shut(sent, () => this.socket.close(sent, truncateReason(reason)), cause)
    this.inbox.end()
  }

  /** Writes the close first: a logger that throws must not leave a socket open that has no flow. */
  private shut(code: number, write: () => void, cause?: unknown): void {
    this.isOpen = false
    this.changed()
    write()
    this.settings.metrics.closed(this.settings.id, code)
    this.log("info", "closed", code, cause)
  }

  private end(code: number, reason: string, answer: () => void): void {
    if (!this.isOpen) return
    this.shut(code, answer)
    this.host.own(() => this.inbox.end(...this.lastElements({ type: "close", code, reason })))
  }

  /** What a codec that wants to see the peer's close makes of it; a close that cannot be decoded counts as a frame of the kind. */
  private lastElements(close: CloseMessage): In[] {
    try {
      return this.codec.closed ? [this.codec.closed(close)] : []
    } catch (error) {
      this.settings.metrics.decodeErrors++
      this.log("info", "close cannot be decoded", close.code, error)
      return []
    }
  }

  /**
   * At the end of an event: a flow that has cancelled its input closes the socket, and a flow whose socket is closed ends
   * in all its parts, each of them only when everything that the client sent has made its way through.
   */
  settled(): void {
    this.outbox.look()
    if (!this.isOpen || this.inputIsDone) {
      if (!hasRemainder(this.inbox)) this.finish()
      else if (!this.isOpen) this.outbox.linger()
    }
    this.settings.onSettled?.()
  }

  changed(): void {
    this.settings.onChanged?.()
  }

  rang(): void {
    this.settings.metrics.alarms++
  }

  private finish(): void {
    this.close(CloseCode.normal, "")
    for (const sink of this.sinks()) sink.end()
  }

  /** The outbox, and the ends of side branches and of the flow's own sink half. */
  private sinks(): SinkStage[] {
    return this.run.stages.filter((stage) => stage instanceof SinkStage)
  }

  private log(level: LogEntry["level"], event: string, code: number, cause?: unknown): void {
    const { route, id } = this.settings
    log({ level, event, route, connection: id, code, ...(cause !== undefined && { cause }) })
  }
}
