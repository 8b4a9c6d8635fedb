import { overhead } from "../session/sequence.ts"
import { systemClock } from "../stream/clock.ts"
import { Run } from "../stream/engine/run.ts"
import type { SinkStage } from "../stream/engine/sink-stage.ts"
import { Wiring } from "../stream/engine/wiring.ts"
import { NoSuchElementError } from "../stream/errors.ts"
import type { Flow } from "../stream/flow.ts"
import { unstorableError } from "../stream/storable.ts"
import { CloseCode, receivedCode, sendable, truncateReason } from "./close.ts"
import { Closing } from "./closing.ts"
import type { Codec, Data } from "./codec.ts"
import type { ConnectionEvents, Frame } from "./connection-events.ts"
import { ConnectionHost } from "./connection-host.ts"
import { Decoder } from "./decoder.ts"
import { Inbox } from "./inbox.ts"
import { LimitGuard } from "./limits.ts"
import type { CloseMessage } from "./message.ts"
import { Outbox } from "./outbox.ts"
import type { AnyConnection, ConnectionSettings, DirectElement, SavedConnection, Socket } from "./target.ts"

/**
 * One WebSocket of any target: its flow between an inbox and an outbox, and the rules of closing. The close is written exactly once,
 * and nothing is sent after it.
 */
export class Connection<In, Out> implements AnyConnection, ConnectionEvents<Out> {
  private readonly host: ConnectionHost
  private readonly run: Run
  private readonly inbox: Inbox<In>
  private readonly outbox: Outbox<Out>
  private readonly decoder: Decoder<In>
  private readonly closing: Closing
  readonly guard: LimitGuard
  /** The outbox, and the ends of side branches and of the flow's own sink half. */
  private readonly sinks: readonly SinkStage[]
  private inputIsDone = false
  /** An upper bound of `bufferedAmount`: the bytes sent since it was last read, with those that a session adds, added to its value then. */
  private maxUnsent = 0

  constructor(
    flow: Flow<In, Out>,
    private readonly codec: Codec<In, Out>,
    private readonly socket: Socket,
    private readonly settings: ConnectionSettings,
  ) {
    const { clock, limits, metrics, pollClock = systemClock } = settings
    this.guard = new LimitGuard(limits, clock.now())
    this.inbox = new Inbox(this, limits.maxQueuedMessages, limits.queueOverflow, this.guard, socket.inFlight)
    this.outbox = new Outbox(this, limits.slowReader, pollClock)
    this.closing = new Closing(socket, settings, this.outbox, this.inbox)
    this.decoder = new Decoder(codec, metrics, this.closing)
    const wiring = new Wiring({ resolve() {}, reject: (error) => this.onSinkFailure(error) })
    wiring.add(this.outbox, wiring.chain(flow.chain, wiring.add(this.inbox, undefined)))
    settings.onWired?.(wiring.steps)
    this.host = new ConnectionHost(settings, this, this.outbox)
    // A copy has no spare capacity.
    this.run = new Run([...wiring.stages], this.host)
    this.host.run = this.run
    this.sinks = wiring.sinks.concat(this.outbox)
  }

  open(saved?: SavedConnection): void {
    const { metrics, id } = this.settings
    if (saved?.isOpen !== false) metrics.connected(id)
    if (!saved) metrics.opened++
    else {
      metrics.wakes++
      this.maxUnsent = this.socket.bufferedAmount ?? 0
      this.closing.restore(saved)
      this.inputIsDone = saved.inputIsDone
      if (saved.guard) this.guard.restore(saved.guard)
    }
    this.host.own(() => this.run.start(saved?.run))
  }

  save(): SavedConnection {
    const { isOpen, hasFailed } = this.closing
    return { run: this.run.save(), guard: this.guard.save(), isOpen, inputIsDone: this.inputIsDone, hasFailed }
  }

  get isOpen(): boolean {
    return this.closing.isOpen
  }

  get isOver(): boolean {
    return !this.isOpen && this.outbox.inClosed && !this.inbox.hasInFlight()
  }

  get queued(): number {
    return this.inbox.waiting
  }

  get isPolled(): boolean {
    return this.socket.isAcknowledged !== true
  }

  get isBehind(): boolean {
    return this.outbox.isBehind
  }

  get due(): number {
    return this.run.due
  }

  get dependsOnOutside(): boolean {
    return this.run.dependsOnOutside
  }

  get directSources(): readonly string[] | undefined {
    return this.outbox.up.directSources
  }

  get directLog(): string | undefined {
    return this.outbox.up.directLog
  }

  get directElement(): DirectElement | undefined {
    return this.outbox.up.directElement
  }

  rewind({ hub, number }: DirectElement): boolean {
    return this.outbox.up.rewind?.(hub, number) ?? false
  }

  reevaluate(): void {
    this.host.own(() => {})
  }

  onMessage(data: Data): void {
    if (!this.closing.isOpen) return
    this.settings.metrics.received(data)
    // Without a function for each message, which `own` would need.
    this.host.begin()
    try {
      this.guard.check(data, this.guard.hasRate ? this.host.now() : 0)
      if (this.guard.hasRate) this.settings.onChanged?.()
      this.inbox.offer(this.decoder.message(data))
    } catch (error) {
      this.socket.onRefused?.()
      this.closing.fail(error, "The inbox is full")
    } finally {
      this.host.end()
    }
  }

  onPeerClose(code: number, reason: string): void {
    const received = receivedCode(code, reason)
    this.endInput({ type: "close", code: received, reason }, (socket) => {
      if (received === CloseCode.noStatus) socket.close()
      else socket.close(received, received === code ? truncateReason(reason) : "")
    })
  }

  onDisconnect(): void {
    this.endInput({ type: "close", code: CloseCode.abnormal, reason: "" }, () => {})
  }

  onIdleTimeout(): void {
    this.close(CloseCode.goingAway, "Idle for too long")
  }

  close(code: number, reason: string): void {
    sendable(code)
    this.host.own(() => this.closing.sendClose(code, reason))
  }

  fail(error: unknown): void {
    this.closing.fail(error)
  }

  abort(error: unknown): void {
    this.outbox.drop()
    this.fail(error)
    this.terminate()
  }

  terminate(): void {
    this.closing.sendClose(CloseCode.normal, "")
    for (const sink of this.sinks) sink.end()
  }

  unstorable(): Error | undefined {
    return unstorableError(this.run, "the flow")
  }

  encode(element: Out): Frame | undefined {
    return this.closing.isOpen ? this.codec.encode(element) : undefined
  }

  send(frame: Frame): void {
    if (typeof frame === "string" || frame instanceof Uint8Array) {
      this.settings.metrics.sent(frame)
      this.maxUnsent += overhead + (typeof frame === "string" ? frame.length * 3 : frame.length)
      this.socket.send(frame)
      return
    }
    this.closing.sendClose(sendable(frame.code), frame.reason)
    this.outbox.end()
  }

  /** Reads `bufferedAmount` only when enough was sent for it to matter. */
  isSlow(): boolean {
    const { maxBufferedAmount } = this.settings.limits
    // After the close nothing is sent, so the client cannot be slow.
    if (!this.closing.isOpen || this.maxUnsent <= maxBufferedAmount) return false
    this.maxUnsent = this.socket.bufferedAmount ?? 0
    return this.maxUnsent > maxBufferedAmount
  }

  onCaughtUp(): void {
    this.settings.onChanged?.()
  }

  onMessagesDropped(count: number): void {
    this.settings.metrics.drops += count
  }

  /** Elements that were taken before may still be on their way: see `onSettled`. */
  onInputCancelled(): void {
    this.inputIsDone = true
  }

  onOutputComplete(): void {
    this.closing.sendClose(CloseCode.normal, "")
  }

  onDrainTimeout(): void {
    this.terminate()
  }

  /** At the end of an event, ends a flow that has cancelled its input or whose socket is closed, once no element is on its way. */
  onSettled(): void {
    this.outbox.checkDrained()
    if (!this.closing.isOpen || this.inputIsDone) {
      if (!this.inbox.hasInFlight()) this.terminate()
      else if (!this.closing.isOpen) this.outbox.startDrainTimeout()
    }
    this.settings.onSettled?.()
  }

  private endInput(close: CloseMessage, answer: (socket: Socket) => void): void {
    if (!this.closing.isOpen) return
    this.closing.onPeerClose(close.code, answer)
    this.host.own(() => this.inbox.end(...this.decoder.close(close)))
  }

  /** A sink inside the flow has failed. A sink that got no element because the client closed early has not failed. */
  private onSinkFailure(error: unknown): void {
    if (!(error instanceof NoSuchElementError)) this.fail(error)
  }
}
