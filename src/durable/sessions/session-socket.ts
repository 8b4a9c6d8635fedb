import type { Data } from "../../session/frame.ts"
import type { ServerSession } from "../../session/server-session.ts"
import type { Socket } from "../../socket/target.ts"
import type { HeldSocket, Outbound } from "../outbound.ts"

/** A message that waits for its event to be saved. */
interface Pending {
  readonly data: Data
  /** The actor or the channel that has sent it, if any. */
  readonly sender: object | undefined
}

/**
 * The socket that a resumable connection writes to, whatever WebSocket carries it. An event's messages become frames of the session
 * when the event is saved, since the session is saved with them.
 */
export class SessionSocket implements Socket {
  /** The client acknowledges, so nothing has to be polled. */
  readonly isAcknowledged = true
  /** The client has closed, or its time is over: the next close ends the WebSocket, not the session. */
  isOver = false
  /** How many messages of the client's frame the flow has not got yet. */
  unhandled = 0
  private carrier: HeldSocket | undefined
  private pending: Pending[] = []
  private pendingAmount = 0

  constructor(
    readonly session: ServerSession,
    private readonly outbound: Outbound,
    readonly onDirty: () => void,
  ) {}

  /** Bytes that the client has not confirmed. */
  get bufferedAmount(): number {
    return this.session.bufferedAmount + this.pendingAmount
  }

  /** Whether the close that ends the session has not been answered yet. */
  get isClosing(): boolean {
    return this.session.hasEnded && !this.isOver
  }

  send(data: Data): void {
    this.pending.push({ data, sender: this.outbound.sender })
    this.pendingAmount += data.length
    this.outbound.sessions.add(this)
    this.onDirty()
  }

  close(code?: number, reason?: string): void {
    if (this.isOver) this.carrier?.close(code, reason)
    // 1005 is not sent: it stands for a close without a code.
    else this.session.end(code ?? 1005, reason, this.unhandled)
    this.onDirty()
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

  /** Drops what an actor or a channel has sent in this event. */
  discard(sender: object): void {
    this.pending = this.pending.filter((message) => message.sender !== sender)
    this.pendingAmount = this.pending.reduce((sum, { data }) => sum + data.length, 0)
  }

  /** The event cannot be stored: takes back what it sent and received. */
  rollback(): void {
    this.pending = []
    this.pendingAmount = 0
    this.session.rollback()
    if (this.carrier) this.outbound.discard(this.carrier)
  }

  /**
   * Frames what the event sends; the frames leave when the event is saved.
   *
   * @param unhandled how many messages of the client wait for the flow
   */
  flush(unhandled: number): void {
    this.outbound.sessions.delete(this)
    for (const { data } of this.pending.splice(0)) this.session.send(data)
    this.pendingAmount = 0
    if (!this.carrier) return
    const { frames, end } = this.session.flush(unhandled)
    for (const frame of frames) this.carrier.send(frame)
    if (end) this.carrier.close(end.code === 1005 ? undefined : end.code, end.reason)
  }
}
