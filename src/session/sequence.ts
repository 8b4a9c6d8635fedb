import { FrameError } from "./frame.ts"
import { type Elements, isElements, lengthOf, type Part, withoutFirst } from "./part.ts"
import { SavedParts } from "./saved-parts.ts"

/** Bytes that may be unacknowledged before a `Tail` has no room. */
export const defaultWindow = 65_536

/** Bytes that each message counts beside its length, so that empty messages are bounded too. */
export const overhead = 8

/** Bytes of a binary message, UTF-16 code units of a text: counting its UTF-8 would cost more. Elements are not in memory. */
const sizeOf = (part: Part): number => (isElements(part) ? 0 : part.length + overhead)

/** The messages of one end that the other end has not acknowledged. Messages are numbered from 1. */
export class Tail {
  private parts: Part[] = []
  private readonly saved = new SavedParts()
  /** The number of the last message. */
  sent: number
  /** Bytes of the messages that are no elements of a hub. */
  bytes = 0
  /** How many messages are no elements of a hub. */
  own = 0

  /**
   * @param window with as many bytes there is no room
   * @param acknowledged the number of the last acknowledged message
   */
  constructor(
    readonly window: number = defaultWindow,
    public acknowledged = 0,
  ) {
    this.sent = acknowledged
  }

  /** Whether there is room for another message. */
  get hasRoom(): boolean {
    return this.bytes < this.window
  }

  /** Whether the other end may have received the messages up to this number and none after it. */
  canResumeAfter(number: number): boolean {
    return number >= this.acknowledged && number <= this.sent
  }

  /** Adds a part, which is kept also without room. */
  push(part: Part): void {
    if (lengthOf(part) === 0) return
    const last = this.parts.at(-1)
    const follows =
      isElements(part) && isElements(last) && last.hub === part.hub && last.from + last.count === part.from
    if (follows) this.replace(this.parts.length - 1, { ...last, count: last.count + part.count })
    else this.parts.push(part)
    this.sent += lengthOf(part)
    this.weigh(part, 1)
  }

  /** Removes the messages up to a number, and returns their count. Throws a `FrameError` for an impossible number. */
  acknowledge(number: number): number {
    if (!this.canResumeAfter(number))
      throw new FrameError(`Messages ${this.acknowledged} to ${this.sent} may be acknowledged, and ${number} was`)
    const count = number - this.acknowledged
    if (count === 0) return 0
    let surplus = count
    let removed = 0
    for (const part of this.parts) {
      if (lengthOf(part) > surplus) break
      surplus -= lengthOf(part)
      this.weigh(part, -1)
      removed++
    }
    this.parts.splice(0, removed)
    this.saved.removeFirst(removed)
    const [first] = this.parts
    // Elements count no bytes.
    if (surplus > 0 && isElements(first)) this.replace(0, withoutFirst(first, surplus))
    this.acknowledged = number
    return count
  }

  /** Takes back the messages after the one of this number. */
  truncate(number: number): void {
    const { parts, acknowledged } = this
    this.parts = []
    this.saved.forgetFrom(0)
    this.sent = acknowledged
    this.bytes = 0
    this.own = 0
    for (const part of parts) {
      const room = number - this.sent
      if (room > 0) this.push(isElements(part) && part.count > room ? { ...part, count: room } : part)
    }
  }

  /** Takes back the elements at the end, if there are any and they are wanted. */
  takeElements(isWanted: (elements: Elements) => boolean): void {
    const last = this.parts.at(-1)
    if (!isElements(last) || !isWanted(last)) return
    this.parts.pop()
    this.saved.forgetFrom(this.parts.length)
    this.sent -= last.count
  }

  /** The unacknowledged messages, as they are stored. */
  save(): string {
    return this.saved.of(this.parts)
  }

  /** The unacknowledged messages after a number. */
  after(number: number): Part[] {
    const { parts, sent, acknowledged } = this
    let missing = sent - Math.max(number, acknowledged)
    let index = parts.length
    // From the end, because most events ask for the last message.
    for (; missing > 0 && index > 0; index--) missing -= lengthOf(parts[index - 1])
    const rest = parts.slice(index)
    const [first] = rest
    if (missing < 0 && isElements(first)) rest[0] = withoutFirst(first, -missing)
    return rest
  }

  private replace(index: number, part: Part): void {
    this.parts[index] = part
    this.saved.forgetFrom(index)
  }

  private weigh(part: Part, sign: 1 | -1): void {
    this.bytes += sign * sizeOf(part)
    if (!isElements(part)) this.own += sign
  }
}
