import type { Data } from "../socket/codec.ts"
import type { JsonValue } from "../socket/json-value.ts"
import { checkJson } from "../socket/json-writer.ts"
import { isBinaryMessage, isCloseMessage, isTextMessage } from "../socket/message.ts"
import type { CodecOrProtocol } from "../socket/protocol-codec.ts"
import { isCodec, type Speech } from "../socket/speech.ts"
import { ExpectationError, requireExpected } from "./errors.ts"
import { type CloseFrame, type Frame, isClose } from "./frame.ts"
import { isMatch } from "./match.ts"
import { show } from "./show.ts"

/** The connection of a client, in memory or in workerd. */
export interface Wire {
  /** Delivers frames from now on. */
  listen(receive: (frame: Frame) => void): void
  send(data: Data): Promise<void>
  close(code?: number, reason?: string): Promise<void>
  /** Drops the connection without a close. */
  drop(): Promise<void>
  /** Waits until all frames have arrived, in both directions. */
  settle(): Promise<void>
  /** Waits for another frame, if one may arrive: in workerd for up to 1 second, in memory not at all. */
  more(): Promise<void>
  /** Connects another socket for the session. */
  resume?(): Promise<void>
}

/** The expected part of a message: objects in the message may have further properties. */
export type Expected<T> = JsonValue extends T ? T : T extends object ? { [K in keyof T]?: Expected<T[K]> } : T

/**
 * A client of an object under test. With the codec `json` and the schemas of a protocol, messages are sent and compared as values, which
 * no schema transforms; with other codecs, as frames. Its expectations reject with an `ExpectationError`.
 */
export class TestClient<In, Out> {
  /** The names of the codecs of both directions, from the server's side. */
  private readonly receives: string
  private readonly sends: string
  private readonly frames: Frame[] = []
  /** The number of frames that were expected. */
  private seen = 0

  constructor(
    codec: CodecOrProtocol<In, Out>,
    private readonly wire: Wire,
  ) {
    const { receives, sends } = "receives" in codec ? codec : { receives: codec, sends: codec }
    this.receives = nameOf(receives)
    this.sends = nameOf(sends)
    wire.listen((frame) => this.frames.push(frame))
  }

  /** The number of received frames, the close included. */
  get count(): number {
    return this.frames.length
  }

  /** All received messages, and the close. */
  get received(): (Out | CloseFrame)[] {
    return this.frames.map((frame) => this.decode(frame))
  }

  /** Sends messages, one after the other. A close of the codec `messages` closes. */
  async send(...messages: In[]): Promise<void> {
    for (const message of messages) {
      if (this.receives !== "json" && isCloseMessage(message)) await this.wire.close(message.code, message.reason)
      else await this.wire.send(this.encode(message))
    }
  }

  /** Sends frames unencoded, also frames that the codec cannot decode. */
  async sendFrames(...frames: Data[]): Promise<void> {
    for (const frame of frames) await this.wire.send(frame)
  }

  /** Sends a close, which the object answers. Without a `code` the close frame has none. */
  async close(code?: number, reason?: string): Promise<void> {
    await this.wire.close(code, reason)
  }

  /** Loses the connection without a close, as in a tunnel. */
  async drop(): Promise<void> {
    await this.wire.drop()
  }

  /**
   * Connects another socket, through which the session continues: for a client that was connected with `resume: true`. Rejects with an
   * `ExpectationError` for another client, and if the object no longer has the session.
   */
  async resumed(): Promise<void> {
    if (!this.wire.resume) throw new ExpectationError("The client has no session: connect it with { resume: true }")
    await this.wire.resume()
  }

  /** Expects that the next messages are these. Objects in the messages may have further properties. Rejects with a `TypeError` without messages. */
  async expect(...expected: Expected<Out>[]): Promise<void> {
    requireExpected(expected)
    await this.wait(expected.length)
    const frames = this.frames.slice(this.seen, this.seen + expected.length)
    const next = frames.map((frame) => this.decode(frame))
    const isMet = next.length === expected.length && expected.every((one, index) => isMatch(next[index], one))
    if (!isMet || frames.some(isClose)) {
      throw new ExpectationError(`Expected ${list(expected)}, and ${this.rest()}`, expected, next)
    }
    this.seen += expected.length
  }

  /** Expects that no frame has arrived beyond those that were expected. */
  async expectNothing(): Promise<void> {
    await this.wire.settle()
    if (this.frames.length > this.seen) {
      throw new ExpectationError(`Expected nothing, and ${this.rest()}`, [], this.received.slice(this.seen))
    }
  }

  /** Expects that the next frame is the close: with this code, `undefined` for none, and with this reason, `undefined` for any. */
  async expectClosed(code?: number, reason?: string): Promise<void> {
    await this.wait(1)
    const frame = this.frames[this.seen]
    const isIt = frame !== undefined && isClose(frame) && frame.close === code && isReason(frame, reason)
    if (!isIt) throw new ExpectationError(`Expected ${closeText(code, reason)}, and ${this.rest()}`, code, frame)
    this.seen++
  }

  private async wait(count: number): Promise<void> {
    await this.wire.settle()
    for (let had = -1; this.frames.length < this.seen + count && had < this.frames.length; ) {
      had = this.frames.length
      await this.wire.more()
    }
  }

  private rest(): string {
    const rest = this.received.slice(this.seen)
    return rest.length === 0 ? "nothing came" : `${list(rest)} came`
  }

  private encode(message: unknown): Data {
    if (this.receives === "json") return checkJson(message, "A client sends JSON values, and the test sends")
    if (typeof message === "string" || message instanceof Uint8Array) return message
    if (isTextMessage(message)) return message.text
    if (isBinaryMessage(message)) return message.bytes
    if (typeof message !== "object" || message === null) return String(message)
    throw new TypeError(
      `A client of ${this.receives} cannot make a frame of ${show(message)}: send its frame with sendFrames`,
    )
  }

  private decode(frame: Frame): Out | CloseFrame {
    return typeof frame === "string" && this.sends === "json" ? parsed(frame) : (frame as Out | CloseFrame)
  }
}

/** A schema describes JSON. */
const nameOf = (speech: Speech) => (isCodec(speech) ? speech.name : "json")

const list = (messages: readonly unknown[]) => messages.map(show).join(", ")

function isReason({ reason }: CloseFrame, expected: string | undefined): boolean {
  return expected === undefined || reason === expected
}

function closeText(code: number | undefined, reason: string | undefined): string {
  const text = code === undefined ? "a close without a code" : `a close with ${code}`
  return reason === undefined ? text : `${text} and the reason ${show(reason)}`
}

/** The value of a text. A text that is no JSON stays itself, such as an automatic response. */
function parsed<T>(text: string): T {
  try {
    return JSON.parse(text)
  } catch {
    return text as T
  }
}
