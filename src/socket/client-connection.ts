import { closeAfter, endOf, isTransient, sendableClose } from "./client-closes.ts"
import { ClientDecoder } from "./client-decoder.ts"
import { type ClientEvents, ClientInbox, ClientOutbox } from "./client-ends.ts"
import type { ClientSettings } from "./client-options.ts"
import { ClientSocket } from "./client-socket.ts"
import { type ClientPhase, ClientStage, type SavedClient } from "./client-stage.ts"
import { CloseCode, CloseError, receivedCode } from "./close.ts"
import type { Data } from "./codec.ts"
import type { Frame } from "./connection-events.ts"
import { type DialedSocket, dial } from "./dial.ts"
import type { CloseMessage } from "./message.ts"

const { normal, goingAway, serviceRestart, badGateway } = CloseCode
/** While it is connected, a timer on this grid, in milliseconds, wakes the object if it was evicted all the same. */
const wakeGrid = 60_000

/** An outgoing connection: opens its socket, opens another one when that is lost, and ends the flow when the connection ends. */
export class ClientConnection<In, Out> implements ClientEvents<Out> {
  readonly inbox: ClientInbox<In>
  readonly outbox: ClientOutbox<Out>
  readonly stage = new ClientStage(this)
  private phase: ClientPhase = "dialing"
  private wasEvicted = false
  hasBeenOpen = false
  private socket: ClientSocket | undefined
  private stopEvents = () => {}
  private idleAt = Infinity
  private readonly decoder: ClientDecoder<In>

  constructor(private readonly settings: ClientSettings<In, Out>) {
    this.inbox = new ClientInbox<In>(this, settings.limits)
    this.outbox = new ClientOutbox<Out>(this, settings.limits)
    this.outbox.leadsTo = this.inbox
    this.decoder = new ClientDecoder(settings.codec, settings.limits)
  }

  begin(): void {
    if (this.phase === "over" || this.phase === "waiting") return
    const isLost = this.wasEvicted && this.settings.onEviction === "fail"
    if (isLost) this.fail(new CloseError(serviceRestart, "The upstream was lost"))
    else this.dial()
  }

  onStop(): void {
    this.socket?.closeNow(goingAway, "")
    this.forget()
    if (this.phase === "open" || this.phase === "dialing") this.phase = "stopped"
  }

  onTimer(): void {
    if (this.phase === "waiting") this.dial()
    else if (this.phase === "dialing") this.onLost(new Error("The upstream did not answer the handshake in time"))
    else if (this.now() < this.idleAt) this.setTimer()
    else {
      this.socket?.close(goingAway, "Idle for too long")
      this.onLost(new Error("The upstream was idle for too long"))
    }
  }

  save(): SavedClient {
    const { failure } = this.inbox
    const count = this.settings.restarts?.restarts ?? 0
    return failure ? [count, this.phase, [failure.code, failure.reason]] : [count, this.phase]
  }

  restore([count, phase, failure]: SavedClient): void {
    if (this.settings.restarts) this.settings.restarts.restarts = count
    this.phase = phase === "open" ? "dialing" : phase
    this.wasEvicted = phase === "open" || phase === "dialing"
    this.hasBeenOpen = phase === "open" || phase === "waiting"
    if (failure) this.inbox.failure = new CloseError(...failure)
  }

  get isOver(): boolean {
    return this.phase === "over"
  }

  get isPolled(): boolean {
    return this.socket !== undefined
  }

  isSlow(): boolean {
    return !this.socket || this.socket.isSlow()
  }

  encode(element: Out): Frame {
    return this.settings.codec.encode(element)
  }

  send(frame: Frame): void {
    if (typeof frame === "string" || frame instanceof Uint8Array) this.socket?.send(frame)
    else this.closeWith(frame)
  }

  onMessagesDropped(): void {}

  onInputCancelled(): void {
    this.finish(normal)
  }

  onOutputComplete(): void {
    this.closeWith({ type: "close", code: normal, reason: "" })
  }

  onDrainTimeout(): void {}

  onInboxClosed(failure?: unknown): void {
    this.outbox.stop(failure)
    this.stage.end()
  }

  fail(error: unknown): void {
    if (this.isOver) return
    const { code, reason } = closeAfter(error)
    this.close(code, reason)
    this.end()
    this.inbox.failNow(error)
    this.onInboxClosed(error)
  }

  private dial(): void {
    const { destination, restarts, handshakeTimeout } = this.settings
    const event = (handler: () => void) => this.stage.run.event(handler)
    this.phase = "dialing"
    // An attempt without an answer counts, however long it lasts.
    if (restarts) restarts.resetAt = Infinity
    this.stage.setTimer(this.now() + handshakeTimeout)
    this.stopEvents = dial(destination, {
      onOpen: (socket) => event(() => this.onOpen(socket)),
      onMessage: (data) => event(() => this.onMessage(data)),
      onClose: (code, reason, wasClean) => event(() => this.onPeerClose(code, reason, wasClean)),
      onFailure: (error) => event(() => this.onLost(error)),
    })
  }

  private onOpen(socket: DialedSocket): void {
    this.phase = "open"
    this.hasBeenOpen = true
    this.settings.restarts?.onStart(this.now())
    this.socket = new ClientSocket(socket, this.stage.run, this.settings.limits.maxBufferedAmount)
    this.idleAt = this.now() + this.settings.limits.idleTimeout
    this.setTimer()
    try {
      for (const element of this.settings.onConnect?.() ?? []) this.send(this.encode(element))
    } catch (error) {
      this.fail(error)
      return
    }
    this.outbox.onOpen()
  }

  private onMessage(data: Data): void {
    this.idleAt = this.now() + this.settings.limits.idleTimeout
    try {
      const read = this.decoder.read(data, this.now())
      if ("fault" in read) this.reject(read.fault)
      else this.inbox.offer(read.element)
    } catch (error) {
      this.fail(error)
    }
    this.outbox.checkDrained()
  }

  /** Closes the socket, and fails the flow with 1014, because the upstream's invalid message is no fault of the flow's other peers. */
  private reject(fault: CloseError): void {
    this.close(fault.code, fault.reason)
    this.endWith([], new CloseError(badGateway, "The upstream sent an invalid message", { cause: fault }))
  }

  private onPeerClose(code: number, reason: string, wasClean: boolean): void {
    if (!wasClean) {
      this.onLost(new Error("The upstream was lost"))
      return
    }
    const received = receivedCode(code, reason)
    this.socket?.close(received, reason)
    if (isTransient(received) && this.restart({ code: received })) return
    const { last, failure } = endOf(received, reason, this.settings.codec)
    this.endWith(last, failure)
  }

  /** There is no connection, or it has ended without a close. */
  private onLost(cause: unknown): void {
    if (this.restart({ cause })) return
    this.endWith([], new CloseError(badGateway, "The upstream cannot be reached", { cause }))
  }

  /** Reconnects after the backoff, if the settings allow it. Returns whether they do. */
  private restart(why: { code: number } | { cause: unknown }): boolean {
    const wait = this.settings.restarts?.next(this.now())
    if (wait === undefined) return false
    this.stage.run.log({ level: "info", event: "upstream lost, connects again", ...why })
    this.forget()
    this.phase = "waiting"
    this.outbox.pause()
    this.stage.setTimer(this.now() + wait)
    return true
  }

  /** Closes, or after the held messages once there is a connection. */
  private closeWith(close: CloseMessage): void {
    const { code, reason } = sendableClose(close)
    if (this.socket || this.outbox.isEmpty) this.finish(code, reason)
    else this.outbox.endWith(close)
  }

  private finish(code: number, reason?: string): void {
    this.close(code, reason)
    this.endWith([])
  }

  /** Closes the socket after the held messages. */
  private close(code: number, reason = ""): void {
    if (this.socket) this.outbox.flush()
    this.socket?.close(code, reason)
  }

  /** Ends the flow after the received messages. Before them a failure does not cancel the input, because that would fail the flow. */
  private endWith(last: readonly In[], failure?: CloseError): void {
    if (this.isOver) return
    this.end()
    if (!failure) this.outbox.stop()
    this.inbox.endWith(last, failure)
  }

  private end(): void {
    this.forget()
    this.phase = "over"
    this.stage.setTimer(Infinity)
  }

  private forget(): void {
    this.socket = undefined
    this.stopEvents()
  }

  private now(): number {
    return this.stage.run.now()
  }

  private setTimer(): void {
    const wake = this.settings.onEviction ? (Math.floor(this.now() / wakeGrid) + 1) * wakeGrid : Infinity
    this.stage.setTimer(Math.min(wake, this.idleAt))
  }
}
