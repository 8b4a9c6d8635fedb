import type { Backoff } from "../stream/backoff.ts"
import { BufferOverflowError } from "../stream/errors.ts"
import { endOf, isTransient } from "./client-closes.ts"
import { ClientDecoder } from "./client-decoder.ts"
import { type ClientEvents, ClientInbox, ClientOutbox } from "./client-ends.ts"
import type { ClientFlowOptions } from "./client-options.ts"
import { ClientSocket } from "./client-socket.ts"
import { ClientStage, type SavedClient } from "./client-stage.ts"
import { CloseCode, CloseError, isCloseError, isSendable, receivedCode } from "./close.ts"
import type { Codec, Data } from "./codec.ts"
import { type Destination, type DialedSocket, dial } from "./dial.ts"
import type { AllLimits } from "./limits.ts"
import type { CloseMessage } from "./message.ts"

const { normal, noStatus, goingAway, internalError, serviceRestart, tryAgainLater, badGateway } = CloseCode
/** While it is connected, a timer on this grid, in milliseconds, wakes the object if it was evicted all the same. */
const wakeGrid = 60_000

/** The parts of an outgoing connection. */
export interface ClientSettings<In, Out> extends Pick<ClientFlowOptions<Out>, "onConnect" | "onEviction"> {
  destination: Destination
  codec: Codec<In, Out>
  limits: AllLimits
  handshakeTimeout: number
  restarts: Backoff | undefined
}

/** An outgoing connection: opens its socket, opens another one when that is lost, and ends the flow when the connection ends. */
export class ClientConnection<In, Out> implements ClientEvents<Out> {
  readonly inbox: ClientInbox<In>
  readonly outbox: ClientOutbox<Out>
  readonly stage = new ClientStage(this)
  private phase: "dialing" | "open" | "waiting" | "over" | "stopped" = "dialing"
  private wasEvicted = false
  private socket: ClientSocket | undefined
  private stopEvents = () => {}
  /** The last elements that the flow emitted without a connection. */
  private readonly unsent: Data[] = []
  private outputIsDone = false
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
    const phase = this.phase === "open" || this.phase === "dialing" ? "live" : this.phase
    const count = this.settings.restarts?.restarts ?? 0
    return failure ? [count, phase, [failure.code, failure.reason]] : [count, phase]
  }

  restore([count, phase, failure]: SavedClient): void {
    if (this.settings.restarts) this.settings.restarts.restarts = count
    this.phase = phase === "live" ? "dialing" : phase
    this.wasEvicted = phase === "live"
    if (failure) this.inbox.failure = new CloseError(...failure)
  }

  get isOpen(): boolean {
    return this.socket !== undefined
  }

  get isPolled(): boolean {
    return this.isOpen
  }

  isSlow(): boolean {
    return !this.socket || this.socket.isSlow()
  }

  send(element: Out): void {
    const data = this.settings.codec.encode(element)
    if (typeof data !== "string" && !(data instanceof Uint8Array)) this.closeWith(data)
    else if (this.socket) this.socket.send(data)
    else this.unsent.push(data)
  }

  onMessagesDropped(): void {}

  onInputCancelled(): void {
    this.finish(normal)
  }

  onOutputComplete(): void {
    this.outputIsDone = true
    if (this.isOpen || this.unsent.length === 0) this.finish(normal)
  }

  onDrainTimeout(): void {}

  onInboxDrained(): void {
    if (this.phase === "over") this.stage.end()
  }

  fail(error: unknown): void {
    if (this.phase === "over") return
    if (isCloseError(error)) this.socket?.close(error.code, error.reason)
    else this.socket?.close(error instanceof BufferOverflowError ? tryAgainLater : internalError, "")
    this.end()
    this.inbox.failNow(error)
    this.stage.end()
  }

  private dial(): void {
    const { destination, restarts, handshakeTimeout } = this.settings
    const event = (handler: () => void) => this.stage.run.event(handler)
    this.phase = "dialing"
    restarts?.onStart(this.now())
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
    this.socket = new ClientSocket(socket, this.stage.run, this.settings.limits.maxBufferedAmount)
    this.idleAt = this.now() + this.settings.limits.idleTimeout
    this.setTimer()
    try {
      for (const element of this.settings.onConnect?.() ?? []) this.send(element)
    } catch (error) {
      this.fail(error)
      return
    }
    for (const data of this.unsent.splice(0)) this.socket?.send(data)
    if (this.outputIsDone) this.finish(normal)
    else this.outbox.onOpen()
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
    this.socket?.close(fault.code, fault.reason)
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

  /** The flow emits a close. Of the codes that must not be sent, 1005 becomes 1000, and others, such as 1006, become 1001. */
  private closeWith({ code, reason }: CloseMessage): void {
    if (isSendable(code)) this.finish(code, reason)
    else this.finish(code === noStatus ? normal : goingAway)
  }

  private finish(code: number, reason = ""): void {
    this.socket?.close(code, reason)
    this.endWith([])
  }

  /** Ends the flow after the received messages. */
  private endWith(last: readonly In[], failure?: CloseError): void {
    if (this.phase === "over") return
    this.end()
    this.inbox.endWith(last, failure)
    if (this.inbox.outClosed) this.stage.end()
  }

  private end(): void {
    this.forget()
    this.phase = "over"
    this.stage.setTimer(Infinity)
    this.outbox.stop()
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
