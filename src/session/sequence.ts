import { type Data, FrameError } from "./frame.ts"

/** Bytes that may be unacknowledged before a `Tail` has no room. */
export const defaultWindow = 65_536

/** Bytes that each message counts beside its length, so that empty messages are bounded too. */
const overhead = 8

/** Consecutive elements of a hub. They are in its log, so a session keeps their numbers alone. */
export interface Elements {
  readonly hub: string
  /** The number of the first one. */
  readonly from: number
  readonly count: number
}

/** A part of a sequence: one message, or elements of a hub. */
export type Part = Data | Elements

export const isElements = (part: Part | undefined): part is Elements =>
  typeof part === "object" && !(part instanceof Uint8Array)

/** How many messages a part stands for. */
export const lengthOf = (part: Part): number => (isElements(part) ? part.count : 1)

/** Bytes of a binary message, UTF-16 code units of a text: counting its UTF-8 would cost more. Elements are not in memory. */
const sizeOf = (part: Part): number => (isElements(part) ? 0 : part.length + overhead)

/** Elements without the first ones. */
const withoutFirst = ({ hub, from, count }: Elements, first: number): Elements => ({
  hub,
  from: from + first,
  count: count - first,
})

/** The messages of one end that the other end has not acknowledged. Messages are numbered from 1. */
export class Tail {
  private parts: Part[] = []
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

  get hasRoom(): boolean {
    return this.bytes < this.window
  }

  /** Whether the other end may have received the messages up to this number and none after it. */
  canResumeAfter(number: number): boolean {
    return number >= this.acknowledged && number <= this.sent
  }

  /** Adds a part, and returns whether there is room for another. Without room it is kept all the same. */
  push(part: Part): boolean {
    const last = this.parts.at(-1)
    const follows =
      isElements(part) && isElements(last) && last.hub === part.hub && last.from + last.count === part.from
    if (lengthOf(part) === 0) return this.hasRoom
    if (follows) this.parts[this.parts.length - 1] = { ...last, count: last.count + part.count }
    else this.parts.push(part)
    this.sent += lengthOf(part)
    this.weigh(part, 1)
    return this.hasRoom
  }

  /** Removes the messages up to a number, and returns their count. Throws a `FrameError` for an impossible number. */
  acknowledge(number: number): number {
    if (!this.canResumeAfter(number))
      throw new FrameError(`Messages ${this.acknowledged} to ${this.sent} may be acknowledged, and ${number} was`)
    const count = number - this.acknowledged
    if (count === 0) return 0
    const rest = this.after(number)
    // The first remaining part may only have lost elements, which count no bytes.
    for (const part of this.parts.slice(0, this.parts.length - rest.length)) this.weigh(part, -1)
    this.parts = rest
    this.acknowledged = number
    return count
  }

  /** Takes back the messages after the one of this number. */
  truncate(number: number): void {
    const { parts, acknowledged } = this
    this.parts = []
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
    this.sent -= last.count
  }

  /** The elements are no longer kept. They count all the same. */
  forgetElements(): void {
    this.parts = this.parts.map((part) => (isElements(part) ? { hub: "", from: 0, count: part.count } : part))
  }

  /** The unacknowledged messages after a number. */
  after(number: number): Part[] {
    let surplus = Math.max(0, number - this.acknowledged)
    let index = 0
    for (const part of this.parts) {
      if (surplus < lengthOf(part)) break
      surplus -= lengthOf(part)
      index++
    }
    const rest = this.parts.slice(index)
    const [first] = rest
    if (surplus > 0 && isElements(first)) rest[0] = withoutFirst(first, surplus)
    return rest
  }

  private weigh(part: Part, sign: 1 | -1): void {
    this.bytes += sign * sizeOf(part)
    if (!isElements(part)) this.own += sign
  }
}
