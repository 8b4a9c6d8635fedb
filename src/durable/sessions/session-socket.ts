import type { Data } from "../../session/frame.ts"
import { defaultInFlight } from "../../session/offer.ts"
import { overhead } from "../../session/sequence.ts"
import type { ServerSession } from "../../session/server-session.ts"
import type { DirectElement, Socket } from "../../socket/target.ts"
import type { HeldSocket, Outbound } from "../outbound.ts"

/** A message that waits for its event to be saved. */
interface Pending {
  readonly data: Data
  /** The actor or the channel that has sent it, if any. */
  readonly sender: object | undefined
  /** The element of a hub's log that it is, if any. */
  readonly element: DirectElement | undefined
}

/** The part of a connection that its session uses. */
export interface SessionHooks {
  onDirty(): void
  /** How many messages of the client wait for the flow. */
  queued(): number
  /** The element of a hub's log that the flow is sending. */
  element(): DirectElement | undefined
}

/**
 * The socket that a resumable connection writes to. A WebSocket carries it, and another one when the session resumes. An event's
 * messages become frames of the session when the event is saved, because the session is saved with them.
 */
export class SessionSocket implements Socket {
  /** Whether the client has closed or the session has expired. Then the next close ends the WebSocket, not the session. */
  isOver = false
  readonly inFlight = defaultInFlight
  /** How many messages of the client's frame the flow has not got yet. */
  unhandled = 0
  private carrier: HeldSocket | undefined
  private pending: Pending[] = []
  private pendingAmount = 0
  /** Without the elements of hubs. */
  private pendingOwn = 0

  constructor(
    readonly session: ServerSession,
    private readonly outbound: Outbound,
    private readonly hooks: SessionHooks,
  ) {}

  /**
   * Bytes that the client has not acknowledged, or that the network has not taken if they are more, because elements of hubs are not
   * acknowledged. The messages of the current event are added.
   */
  get bufferedAmount(): number {
    const { carrier, pendingAmount, pendingOwn } = this
    if (carrier && pendingAmount > 0) this.outbound.recheckLater(carrier)
    return Math.max(this.session.bufferedAmount + pendingOwn, this.unsent + pendingAmount)
  }

  /** Whether the unacknowledged bytes decide `bufferedAmount`. Each acknowledgement is an event, so nothing has to be polled then. */
  get isAcknowledged(): boolean {
    return this.session.bufferedAmount >= this.unsent
  }

  private get unsent(): number {
    return this.carrier?.bufferedAmount ?? 0
  }

  /** Whether the close that ends the session has not been answered yet. */
  get isClosing(): boolean {
    return this.session.endCode !== undefined && !this.isOver
  }

  send(data: Data): void {
    const element = this.hooks.element()
    if (this.pending.length === 0) this.outbound.addSession(this)
    this.add({ data, sender: this.outbound.sender, element })
    if (!element) this.onDirty()
  }

  onDirty(): void {
    this.hooks.onDirty()
  }

  close(code?: number, reason?: string): void {
    if (this.isOver) this.carrier?.close(code, reason)
    // 1005 is not sent: it stands for a close without a code.
    else this.session.end(code ?? 1005, reason, this.unhandled)
    this.onDirty()
  }

  /** The flow does not get the message that has come, so the client keeps it. */
  onRefused(): void {
    this.unhandled++
  }

  /** A hub publishes an element that is not for this session, so a restored session must not count it. */
  onExcepted(hub: string): void {
    if (this.session.follows(hub)) this.onDirty()
  }

  /** A WebSocket carries the session from now on. */
  attach(carrier: HeldSocket): void {
    this.carrier = carrier
    this.onDirty()
  }

  /** The WebSocket is lost. */
  detach(now: number): void {
    this.carrier = undefined
    this.session.detach(now)
    this.onDirty()
  }

  /** Drops everything that an actor or a channel has sent in this event. */
  discard(sender: object): void {
    for (const message of this.clearPending()) if (message.sender !== sender) this.add(message)
  }

  /** Takes back the messages that the event sent and received, because the event cannot be stored. */
  rollback(): void {
    this.clearPending()
    this.session.rollback()
    if (this.carrier) this.outbound.discard(this.carrier)
  }

  /** Encodes the event's messages as frames, which are sent when the event is saved. */
  flush(): void {
    this.takePending()
    this.transmit()
  }

  /** Frames elements of a hub's log. If a restored session would not count them, the session is saved first. */
  flushElements(): void {
    if (this.isOver) this.clearPending()
    // Empty also if the session was saved since.
    if (this.pending.length === 0) return
    this.takePending()
    if (this.session.isDirty) {
      this.onDirty()
      return
    }
    this.transmit()
    this.session.commit()
  }

  /** Gives the session the messages of the event so far. */
  takePending(): void {
    const { session } = this
    for (const { data, element } of this.clearPending()) {
      if (element) session.sendElement(element.hub, element.number, data)
      else session.send(data)
    }
  }

  private add(message: Pending): void {
    const { data, element } = message
    this.pending.push(message)
    this.pendingAmount += data.length + overhead
    if (!element) this.pendingOwn += data.length + overhead
  }

  private clearPending(): Pending[] {
    const { pending } = this
    this.pending = []
    this.pendingAmount = 0
    this.pendingOwn = 0
    return pending
  }

  private transmit(): void {
    const { frames, end } = this.session.flush(this.hooks.queued())
    if (!this.carrier) return
    for (const frame of frames) this.carrier.send(frame)
    if (end) this.carrier.close(end.code === 1005 ? undefined : end.code, end.reason)
  }
}
