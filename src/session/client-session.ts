import { type Data, decodeFrame, encodeFrames, FrameError, type TextFormat, type Welcome } from "./frame.ts"
import { encodeOffer } from "./offer.ts"
import { Tail } from "./sequence.ts"

/** After as many messages or bytes the client acknowledges without a message of its own. */
const acknowledgeAfter = { messages: 32, bytes: 8_192 }

/** Half of the messages that a connection of the server queues by default. */
const defaultInFlight = 128

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
  /** Whether an impossible frame has come, so that the session cannot be resumed. */
  protected isBroken = false
  protected tail = new Tail()
  /** How many messages of the server have come. */
  protected received = 0
  /** How many of them were acknowledged. */
  protected reported = 0
  protected unreportedBytes = 0
  protected isRequested = false
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
    return encodeOffer(session && !isBroken ? { session, received } : undefined)
  }

  /** Bytes of the unconfirmed messages. */
  get bufferedAmount(): number {
    return this.tail.bytes
  }

  private get unconfirmed(): readonly Data[] {
    return this.tail.after(0)
  }

  /** Queues a message. Returns whether less than 64 KiB is unconfirmed. */
  send(message: Data): boolean {
    return this.tail.push(message)
  }

  /** Takes a frame. After a `FrameError` close the socket and connect again: the next welcome brings a `resync`. */
  receive(data: Data): Arrival {
    try {
      return this.take(data)
    } catch (error) {
      this.isBroken = true
      this.isOpen = false
      throw error
    }
  }

  /** Returns the frames to send now. */
  flush(): Data[] {
    if (!this.isOpen) return []
    const { tail, received } = this
    const messages = tail.after(this.transmitted, tail.acknowledged + this.maxInFlight - this.transmitted)
    this.transmitted += messages.length
    const unreported = received - this.reported
    const isDue = unreported >= acknowledgeAfter.messages || this.unreportedBytes >= acknowledgeAfter.bytes
    const acknowledges = unreported > 0 && (isDue || this.isRequested || messages.length > 0)
    this.isRequested = false
    if (acknowledges) this.markReported()
    return encodeFrames(acknowledges ? received : 0, messages, this.format)
  }

  /** Ends the session. Returns its unconfirmed messages; `undefined` if the server has not begun one. */
  end(): readonly Data[] | undefined {
    const unconfirmed = this.session === undefined ? undefined : this.unconfirmed
    this.begin(undefined, new Tail())
    this.isOpen = false
    return unconfirmed
  }

  protected take(data: Data): Arrival {
    const { header, messages } = decodeFrame(data, this.format)
    const isWelcome = typeof header === "object" && header[0] === "hi"
    if (isWelcome === this.isOpen) throw new FrameError("The first frame of a server, and no other, is a welcome")
    if (isWelcome) return this.open(header)
    const [, sent, done] = typeof header === "object" ? header : ["", undefined, header]
    const position = this.position + messages.length
    if ((sent ?? position) !== position || done > this.transmitted)
      throw new FrameError(
        `The server counts ${sent ?? position} and ${done} messages, the client ${position} and ${this.transmitted}`,
      )
    const confirmed = done > 0 ? this.tail.acknowledge(done) : 0
    this.isRequested ||= sent !== undefined
    this.unreportedBytes += data.length
    return { messages: this.count(messages), confirmed }
  }

  protected open([, session, received, resumed, next]: Welcome): Arrival {
    const { session: before, tail } = this
    const hasSent = received >= tail.acknowledged && received <= this.transmitted
    const follows = hasSent && session === before && next <= this.received + 1
    if (resumed ? !follows : next !== 1 || received !== 0)
      throw new FrameError(`The welcome of session ${session} does not follow message ${this.received} of ${before}`)
    const resync = resumed || before === undefined ? undefined : this.unconfirmed
    if (!resumed) this.begin(session, resync ? new Tail() : tail)
    this.transmitted = received
    this.position = next - 1
    this.markReported()
    this.isOpen = true
    return { messages: [], confirmed: 0, resync }
  }

  /** Returns the messages that are new. */
  protected count(messages: readonly unknown[]): readonly unknown[] {
    const known = Math.min(messages.length, this.received - this.position)
    this.position += messages.length
    this.received = Math.max(this.received, this.position)
    return known > 0 ? messages.slice(known) : messages
  }

  protected markReported(): void {
    this.reported = this.received
    this.unreportedBytes = 0
  }

  protected begin(session: string | undefined, tail: Tail): void {
    this.session = session
    this.isBroken = false
    this.tail = tail
    this.received = 0
    this.markReported()
  }
}
