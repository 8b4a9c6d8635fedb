import { type Data, FrameError } from "./frame.ts"

/** Bytes that may be unacknowledged before a `Tail` has no room. */
export const defaultWindow = 65_536

/** Bytes that each message counts beside its length, so that empty messages are bounded too. */
const overhead = 8

/** Bytes of a binary message, UTF-16 code units of a text: counting its UTF-8 would cost more. */
const sizeOf = (message: Data): number => message.length + overhead

/** The messages of one end that the other end has not acknowledged. Messages are numbered from 1. */
export class Tail {
  private readonly messages: Data[] = []
  /** Bytes of the messages. */
  bytes = 0

  /**
   * @param window with as many bytes there is no room
   * @param acknowledged the number of the last acknowledged message
   */
  constructor(
    readonly window: number = defaultWindow,
    public acknowledged = 0,
  ) {}

  /** The number of the last message. */
  get sent(): number {
    return this.acknowledged + this.messages.length
  }

  get hasRoom(): boolean {
    return this.bytes < this.window
  }

  /** Whether the other end may have received the messages up to this number and none after it. */
  canResumeAfter(number: number): boolean {
    return number >= this.acknowledged && number <= this.sent
  }

  /** Adds a message, and returns whether there is room for another. Without room the message is kept all the same. */
  push(message: Data): boolean {
    this.messages.push(message)
    this.bytes += sizeOf(message)
    return this.hasRoom
  }

  /** Removes the messages up to a number, and returns their count. Throws a `FrameError` for an impossible number. */
  acknowledge(number: number): number {
    if (!this.canResumeAfter(number))
      throw new FrameError(`Messages ${this.acknowledged} to ${this.sent} may be acknowledged, and ${number} was`)
    const count = number - this.acknowledged
    for (const message of this.messages.splice(0, count)) this.bytes -= sizeOf(message)
    this.acknowledged = number
    return count
  }

  /** Takes back the messages after the one of this number. */
  truncate(number: number): void {
    for (const message of this.messages.splice(number - this.acknowledged)) this.bytes -= sizeOf(message)
  }

  /** The unacknowledged messages after a number, at most so many. */
  after(number: number, most = Infinity): Data[] {
    const start = Math.max(0, number - this.acknowledged)
    return this.messages.slice(start, start + most)
  }
}
