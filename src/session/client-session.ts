import { type Data, decodeFrame, encodeFrames, type Header, type TextFormat, type Welcome } from "./frame.ts"
import { defaultInFlight, encodeOffer } from "./offer.ts"

/** The content of a frame for the application. */
export interface Arrival {
  readonly messages: readonly unknown[]
  /** How many messages, the oldest of those unconfirmed, the server has for good now. */
  readonly confirmed: number
  /** The unconfirmed messages of the session before, if the server no longer has that session. They may have been handled. */
  readonly resync?: readonly Data[]
}

/** The client's end of a session, which outlives its sockets. */
export class ClientSession {
  /** Whether the server has welcomed this socket. */
  isOpen = false
  protected session: string | undefined
  /** Whether the session cannot be resumed: an impossible frame has come, or another client has it. */
  protected isBroken = false
  /** The messages after the last that the server has acknowledged. */
  protected unconfirmed: Data[] = []
  /** The number of the last message that the server has acknowledged. */
  protected acknowledged = 0
  /** How many messages of the server have come. */
  protected received = 0
  /** How many of them were acknowledged. */
  protected reported = 0
  protected isRequested = false
  /** See `Offer.attempt`. */
  protected attempt = 0
  /** Whether the last request to resume has got no welcome. */
  protected isUnanswered = false
  /** The number of the last message received on this socket. */
  protected position = 0
  /** The number of the last message sent on this socket. */
  protected transmitted = 0

  /** @param maxInFlight how many messages are sent before the server acknowledges the first of them */
  constructor(
    protected readonly format: TextFormat,
    protected readonly maxInFlight: number = defaultInFlight,
  ) {}

  /** Returns the subprotocols for the next socket. From now on ignore the frames of the socket before. */
  offer(): string[] {
    const { session, received, isBroken } = this
    this.isOpen = false
    if (!session || isBroken) return encodeOffer()
    if (this.isUnanswered || this.attempt > 0) this.attempt++
    this.isUnanswered = true
    return encodeOffer({ session, received, attempt: this.attempt })
  }

  /** Queues a message. */
  send(message: Data): void {
    this.unconfirmed.push(message)
  }

  /**
   * Takes a frame. `undefined` for data that is no `sluice.1` frame, or for a frame that contradicts the messages so far: then close the
   * socket and connect again, and the next welcome brings a `resync`.
   */
  receive(data: Data): Arrival | undefined {
    const frame = decodeFrame(data, this.format)
    const arrival = frame && this.take(frame.header, frame.messages)
    if (!arrival) {
      this.isBroken = true
      this.isOpen = false
    }
    return arrival
  }

  /** Returns the frames to send now. */
  flush(): Data[] {
    if (!this.isOpen) return []
    const { received } = this
    const messages = this.unconfirmed.slice(this.transmitted - this.acknowledged, this.maxInFlight)
    this.transmitted += messages.length
    const acknowledges = received > this.reported && (this.isRequested || messages.length > 0)
    this.isRequested = false
    if (acknowledges) this.reported = received
    return encodeFrames(acknowledges ? received : 0, messages, this.format)
  }

  /** Another client has the session. The next socket begins a new one, whose welcome brings a `resync`. */
  abandon(): void {
    this.isBroken = true
  }

  /** Ends the session. Returns its unconfirmed messages; `undefined` if the server has not begun one. */
  end(): readonly Data[] | undefined {
    const { session, unconfirmed } = this
    this.begin(undefined)
    this.isOpen = false
    return session === undefined ? undefined : unconfirmed
  }

  /** Takes the content of a frame; `undefined` if it is impossible here. */
  protected take(header: Header, messages: readonly unknown[]): Arrival | undefined {
    const isWelcome = typeof header === "object" && header[0] === "hi"
    // The first frame of a server, and no other, is a welcome.
    if (isWelcome === this.isOpen) return
    if (isWelcome) return this.open(header)
    const position = this.position + messages.length
    const [, sent, done] = typeof header === "object" ? header : ["", position, header]
    if (sent !== position || done > this.transmitted || (done && done < this.acknowledged)) return
    this.isRequested ||= typeof header === "object"
    return { messages: this.count(messages), confirmed: done && this.confirm(done) }
  }

  protected open([, session, received, resumed, next]: Welcome): Arrival | undefined {
    const { session: before, unconfirmed } = this
    const hasSent = received >= this.acknowledged && received <= this.transmitted
    const follows = hasSent && session === before && next <= this.received + 1
    if (resumed ? !follows : next !== 1 || received) return
    this.isUnanswered = false
    const resync = resumed || before === undefined ? undefined : unconfirmed
    if (!resumed) this.begin(session, resync ? [] : unconfirmed)
    this.transmitted = received
    this.position = next - 1
    this.reported = this.received
    this.isOpen = true
    return { messages: [], confirmed: 0, resync }
  }

  /** The server has the messages up to a number. Returns how many of them were unconfirmed. */
  protected confirm(number: number): number {
    const count = number - this.acknowledged
    this.unconfirmed.splice(0, count)
    this.acknowledged = number
    return count
  }

  /** Returns the messages that are new. */
  protected count(messages: readonly unknown[]): readonly unknown[] {
    const known = Math.max(0, this.received - this.position)
    this.position += messages.length
    this.received = Math.max(this.received, this.position)
    return messages.slice(known)
  }

  protected begin(session: string | undefined, unconfirmed: Data[] = []): void {
    this.session = session
    this.isBroken = false
    this.attempt = 0
    this.unconfirmed = unconfirmed
    this.acknowledged = 0
    this.received = 0
    this.reported = 0
  }
}
