import type { Data } from "./frame.ts"
import { type Elements, isElements } from "./part.ts"
import type { Heard } from "./saved-session.ts"
import { Tail } from "./sequence.ts"

/** The logs of hubs, and the messages of their elements for one client. */
export interface ElementLogs {
  /** The number of the next element that subscribers get; `undefined` for a hub that keeps none. */
  next(hub: string): number | undefined
  /** Whether an element is still kept. */
  has(hub: string, number: number): boolean
  read(hub: string, number: number): Data
}

/**
 * The messages of the server: its own are kept until the client acknowledges them, elements of hubs are read from their logs. After a
 * record with `heard`, a restored session counts all later elements of that hub: `sent + (next - heard.next)`.
 */
export class SentMessages extends Tail {
  /** The hub's elements from this one on are counted by a restored session. */
  heard: Heard | undefined
  /** Messages of elements that were not framed yet, by their numbers in the sequence: they need not be read. */
  private readonly fresh = new Map<number, Data>()

  constructor(
    private readonly logs: ElementLogs | undefined,
    window: number | undefined,
    acknowledged: number,
  ) {
    super(window, acknowledged)
  }

  /** Whether the hub has published elements that were not sent. A restored session would count them. */
  get hasMissed(): boolean {
    return this.heard !== undefined && this.logs?.next(this.heard.hub) !== this.heard.next
  }

  /** Adds an element. Returns whether a restored session counts it without a new record. */
  pushElement(hub: string, number: number, message: Data): boolean {
    this.push({ hub, from: number, count: 1 })
    this.fresh.set(this.sent, message)
    const isCounted = this.heard?.hub === hub && this.heard.next === number
    if (isCounted) this.heard = { hub, next: number + 1 }
    return isCounted
  }

  /** A record is written: a restored session counts every later element of the hub, and none without a hub. */
  follow(hub: string | undefined): void {
    const next = hub === undefined ? undefined : this.logs?.next(hub)
    this.heard = hub === undefined || next === undefined ? undefined : { hub, next }
  }

  /** Counts the elements that a hub has published since the record. Throws a `TypeError` if its log has been emptied. */
  restore({ hub, next }: Heard): void {
    const now = this.logs?.next(hub)
    if (now === undefined || now < next) throw new TypeError(`The log of ${hub} does not reach element ${next}`)
    this.push({ hub, from: next, count: now - next })
    this.heard = { hub, next: now }
  }

  /** Whether the logs still have all elements after a message. */
  isKeptAfter(number: number): boolean {
    return this.after(number).every((part) => !isElements(part) || this.logs?.has(part.hub, part.from) === true)
  }

  messagesAfter(number: number): Data[] {
    const before = Math.max(number, this.acknowledged)
    const messages: Data[] = []
    for (const part of this.after(number)) {
      if (isElements(part)) messages.push(...this.elements(part, before + messages.length))
      else messages.push(part)
    }
    return messages
  }

  /** All messages are framed. */
  forgetFresh(): void {
    // Clearing an empty map takes as long as framing a message.
    if (this.fresh.size > 0) this.fresh.clear()
  }

  private elements({ hub, from, count }: Elements, before: number): Data[] {
    return Array.from({ length: count }, (_, index) => {
      const message = this.fresh.get(before + index + 1) ?? this.logs?.read(hub, from + index)
      if (message === undefined) throw new TypeError(`${hub} has no log`)
      return message
    })
  }
}
