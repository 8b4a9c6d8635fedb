import type { Codec, Data } from "../socket/codec.ts"
import { isBinaryMessage, isTextMessage } from "../socket/message.ts"
import { ExpectationError } from "./errors.ts"
import { type CloseFrame, type Frame, isClose } from "./frame.ts"
import { isMatch } from "./match.ts"
import { show } from "./show.ts"

/** The connection of a client, in memory or in workerd. */
export interface Wire {
  /** Delivers frames from now on. */
  listen(receive: (frame: Frame) => void): void
  send(data: Data): Promise<void>
  close(code?: number, reason?: string): Promise<void>
  /** The connection drops without a close. */
  drop(): Promise<void>
  /** All that was sent has arrived, in both directions. */
  settle(): Promise<void>
  /** Waits for another frame, as long as one may come. */
  more(): Promise<void>
  /** Connects another socket for the session. */
  resume?(): Promise<void>
}

/** A message of which a part is expected: an object may have more than that. */
export type Expected<T> = T extends object ? { [K in keyof T]?: Expected<T[K]> } : T

/**
 * A client of an object under test, which speaks its codec: what `json` encodes is sent and compared as values, all else as
 * frames.
 */
export class TestClient<In, Out> {
  private readonly frames: Frame[] = []
  /** How many of them were expected. */
  private seen = 0

  constructor(
    private readonly codec: Codec<In, Out>,
    private readonly wire: Wire,
  ) {
    wire.listen((frame) => this.frames.push(frame))
  }

  /** How many frames have come. */
  get count(): number {
    return this.frames.length
  }

  /** All messages that have come, and the close. */
  get received(): (Out | CloseFrame)[] {
    return this.frames.map((frame) => this.decode(frame))
  }

  async send(...messages: In[]): Promise<void> {
    for (const message of messages) await this.wire.send(this.encode(message))
  }

  /** Sends frames as they are, those that no codec takes, too. */
  async sendFrames(...frames: Data[]): Promise<void> {
    for (const frame of frames) await this.wire.send(frame)
  }

  /** Closes, and the answer comes; without a code it is a close frame without one. */
  async close(code?: number, reason?: string): Promise<void> {
    await this.wire.close(code, reason)
  }

  /** Goes away without a close, as in a tunnel. */
  async drop(): Promise<void> {
    await this.wire.drop()
  }

  /**
   * Comes back with another socket, and its session goes on: for a client that was connected with `resume: true`. An error where the object no
   * longer has the session.
   */
  async resumed(): Promise<void> {
    if (!this.wire.resume) throw new ExpectationError("The client has no session: connect it with { resume: true }")
    await this.wire.resume()
  }

  /** The next messages are these. An object may have more than what is expected of it. */
  async expect(...expected: Expected<Out>[]): Promise<void> {
    await this.wait(expected.length)
    const next = this.received.slice(this.seen, this.seen + expected.length)
    if (!expected.every((one, index) => isMatch(next[index], one)) || next.some(isClosing)) {
      throw new ExpectationError(`Expected ${list(expected)}, and ${this.rest()}`, expected, next)
    }
    this.seen += expected.length
  }

  /** Nothing has come but what was expected. */
  async expectNothing(): Promise<void> {
    await this.wire.settle()
    if (this.frames.length > this.seen) {
      throw new ExpectationError(`Expected nothing, and ${this.rest()}`, [], this.received.slice(this.seen))
    }
  }

  /** The next is the close. `undefined` for a close without a code. */
  async expectClosed(code?: number, reason?: string): Promise<void> {
    await this.wait(1)
    const frame = this.frames[this.seen]
    const isIt = frame !== undefined && isClose(frame) && frame.close === code && isReason(frame, reason)
    if (!isIt) throw new ExpectationError(`Expected a close with ${code}, and ${this.rest()}`, code, frame)
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
    if (this.isJson) return JSON.stringify(message)
    if (typeof message === "string" || message instanceof Uint8Array) return message
    if (isTextMessage(message)) return message.text
    if (isBinaryMessage(message)) return message.bytes
    return String(message)
  }

  private decode(frame: Frame): Out | CloseFrame {
    if (typeof frame === "string" && this.isJson) return JSON.parse(frame)
    return frame as Out | CloseFrame
  }

  private get isJson(): boolean {
    return this.codec.name === "json"
  }
}

const list = (messages: readonly unknown[]) => messages.map(show).join(", ")

function isReason({ reason }: CloseFrame, expected: string | undefined): boolean {
  return expected === undefined || reason === expected
}

function isClosing(message: unknown): boolean {
  return typeof message === "object" && message !== null && isClose(message as Frame)
}
