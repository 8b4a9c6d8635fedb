import { type Data, decodeFrame, encodeFrames, expectedFrame, FrameError, type Header, type Welcome } from "./frame.ts"
import { defaultInFlight, type Offer } from "./offer.ts"
import type { Elements } from "./part.ts"
import { encodeSession, type SessionEnd, type SessionRecord, type SessionSnapshot } from "./saved-session.ts"
import { SentMessages } from "./sent-messages.ts"
import { type Outgoing, requestAfter, type SessionSettings } from "./session-settings.ts"

/**
 * The server's end of a session, which outlives its sockets.
 *
 * An event of the object calls `receive`, `send`, `end`, `attach` or `detach`, and then `flush`. If the session `isDirty`, the
 * event stores a record before it sends the frames: then the output gate holds the frames until the record is durable.
 */
export class ServerSession {
  readonly id: string
  protected readonly tail: SentMessages
  /** Whether a record has to be written. */
  protected hasChanged = false
  /** How many messages the client has sent. */
  protected received: number
  /** How many of them were acknowledged, since this session was restored or attached. */
  protected reported = 0
  /** When its socket was lost, in milliseconds since the epoch; `undefined` with a socket. */
  detachedAt: number | undefined
  protected close: SessionEnd | undefined
  protected welcome: Welcome | undefined
  /** The welcome that was flushed since the last commit. */
  private flushedWelcome: Welcome | undefined
  /** The counts of the last commit. */
  private committed: { sent: number; received: number }
  /** The number of the last message sent on this socket. */
  protected transmitted: number
  protected isCloseSent: boolean
  /** The `Offer.attempt` of the request to resume of this socket. An older one is overtaken. */
  private attempt: number
  /** The number up to which an acknowledgement was requested. */
  protected requested = 0

  constructor(
    snapshot: SessionSnapshot,
    protected readonly settings: SessionSettings,
  ) {
    this.id = snapshot.id
    this.received = snapshot.received
    this.detachedAt = snapshot.detachedAt
    this.close = snapshot.end
    this.isCloseSent = snapshot.end !== undefined
    this.attempt = snapshot.attempt ?? 0
    this.tail = new SentMessages(settings.logs, settings.window, snapshot.acknowledged)
    for (const message of snapshot.messages) this.tail.push(message)
    if (snapshot.heard) this.tail.restore(snapshot.heard)
    this.transmitted = this.tail.sent
    this.committed = { sent: this.tail.sent, received: this.received }
  }

  /** Whether a restored session would differ. */
  get isDirty(): boolean {
    return this.hasChanged || this.tail.hasMissed
  }

  /** Unacknowledged bytes, also on a runtime whose sockets have no `bufferedAmount`. */
  get bufferedAmount(): number {
    return this.tail.bytes
  }

  /** Whether the flow may emit. Without room, messages are kept all the same. */
  get hasRoom(): boolean {
    return this.tail.hasRoom
  }

  /** The code of the close that has ended it. */
  get endCode(): number | undefined {
    return this.close?.code
  }

  /** Whether the client can resume after so many received messages. */
  canAttach(received: number): boolean {
    return this.tail.canResumeAfter(received) && this.tail.isKeptAfter(received)
  }

  /**
   * Attaches a socket: the first, or the next one of a client that has received so many messages. `false` if the session cannot
   * resume from there: then the client needs a new session. Disconnect the socket before it first.
   */
  attach(received?: number, attempt = 0): boolean {
    const { tail } = this
    const from = received ?? 0
    if (!this.canAttach(from)) return false
    this.attempt = attempt
    tail.acknowledge(from)
    this.transmitted = from
    this.requested = 0
    this.reported = 0
    this.isCloseSent = false
    this.detachedAt = undefined
    this.welcome = ["hi", this.id, this.received, received !== undefined, from + 1]
    this.hasChanged = true
    return true
  }

  /** Whether the client has made another request to resume after this one. */
  isOvertaken({ attempt = 0 }: Offer): boolean {
    return attempt < this.attempt
  }

  /** Takes back the last missed elements of a hub, if the flow sends them again on demand. Call it after `attach`. */
  takeElements(sendsAgain: (elements: Elements) => boolean): void {
    this.tail.takeElements(sendsAgain)
  }

  /** Whether a restored session counts the elements of a hub. */
  follows(hub: string): boolean {
    return this.tail.heard?.hub === hub
  }

  /** The socket is lost. Messages wait for the next socket. */
  detach(now: number): void {
    this.detachedAt = now
    this.hasChanged = true
  }

  /** Returns the messages of a frame; none after the end. Throws a `FrameError` for an impossible frame: close with 1002. */
  receive(data: Data): readonly unknown[] {
    const { format } = this.settings
    const frame = decodeFrame(data, format, defaultInFlight)
    if (typeof frame?.header !== "number") throw new FrameError(expectedFrame(data, format))
    const { header, messages } = frame
    if (header > 0) this.acknowledge(header)
    if (this.close || messages.length === 0) return []
    this.received += messages.length
    this.hasChanged = true
    return messages
  }

  /** Sends a message with the next `flush`. */
  send(message: Data): void {
    this.hasChanged = true
    this.tail.push(message)
  }

  /** Sends an element of a hub with the next `flush`. It needs no record, if a restored session counts it all the same. */
  sendElement(hub: string, number: number, message: Data): void {
    if (!this.tail.pushElement(hub, number, message)) this.hasChanged = true
  }

  /** Ends the session, because its flow has ended. The last `unhandled` messages, which the flow did not take, are not counted. */
  end(code: number, reason = "", unhandled = 0): void {
    if (this.close) return
    this.close = { code, reason }
    this.received -= unhandled
    this.hasChanged = true
  }

  /**
   * Returns the output of an event.
   *
   * @param unhandled how many received messages wait for the flow. They are not acknowledged, so the client pauses
   */
  flush(unhandled = 0): Outgoing {
    const { tail, settings, welcome, close } = this
    // A socket takes nothing after its close.
    if (this.detachedAt !== undefined || this.isCloseSent) {
      tail.forgetFresh()
      return { frames: [] }
    }
    const messages = tail.messagesAfter(this.transmitted)
    this.transmitted = tail.sent
    tail.forgetFresh()
    const frames = welcome ? encodeFrames(welcome, [], settings.format) : []
    this.flushedWelcome ??= welcome
    this.welcome = undefined
    const header = this.header(messages.length > 0, this.received - unhandled)
    const encode = settings.frames?.encode ?? encodeFrames
    frames.push(...encode(header, messages, settings.format))
    this.isCloseSent = close !== undefined
    return { frames, end: close }
  }

  /** The record of this event is written: nothing of it can be taken back. */
  commit(): void {
    this.committed = { sent: this.tail.sent, received: this.received }
    this.flushedWelcome = undefined
  }

  /** The record cannot be written: takes back the messages that the event has sent and received. Drop its frames. */
  rollback(): void {
    const { sent, received } = this.committed
    this.tail.truncate(Math.max(sent, this.tail.acknowledged))
    this.tail.forgetFresh()
    this.transmitted = Math.min(this.transmitted, this.tail.sent)
    this.received = received
    this.welcome ??= this.flushedWelcome
    this.flushedWelcome = undefined
  }

  /**
   * Returns a record, for an attachment or for a row.
   *
   * @param hub the hub with a log whose elements the client gets from now on, each at once
   */
  save(hub?: string): SessionRecord {
    const { tail, close } = this
    tail.follow(close ? undefined : hub)
    this.hasChanged = false
    return encodeSession(this.snapshot(), tail.save())
  }

  protected acknowledge(number: number): void {
    const hadRoom = this.hasRoom
    const isNew = this.tail.acknowledge(number) > 0
    // Restored without this acknowledgement, the session would have no room, and the client would not repeat it.
    if (isNew && (this.settings.storesAcknowledgements || (!hadRoom && this.hasRoom))) this.hasChanged = true
  }

  protected header(hasMessages: boolean, done: number): Header {
    const { tail } = this
    const acknowledges = done > this.reported
    this.reported = Math.max(this.reported, done)
    // A client ignores a request if it has acknowledged everything, as it may have before the object hibernated. Request again
    // for newer messages, or a flow without room waits forever.
    const isUnrequested = this.requested <= tail.acknowledged || (!tail.hasRoom && this.requested < tail.sent)
    // Elements of a hub are read from its log, so they need no acknowledgement.
    const isDue = tail.own >= requestAfter.messages || tail.bytes >= Math.min(requestAfter.bytes, tail.window / 2)
    const requests = isUnrequested && isDue
    if (requests) this.requested = tail.sent
    if (requests || (acknowledges && !hasMessages)) return ["at", tail.sent, this.reported]
    return acknowledges ? this.reported : 0
  }

  private snapshot(): SessionSnapshot {
    const { id, received, tail, close, detachedAt, attempt } = this
    const { acknowledged, sent, heard } = tail
    return { id, received, acknowledged, sent, messages: [], end: close, detachedAt, heard, attempt }
  }
}
