import { BufferOverflowError } from "../stream/errors.ts"
import type { DropStrategy } from "../stream/overflow.ts"
import { PoisonPill } from "./actor-ref.ts"
import type { Letter } from "./letter.ts"
import type { Timer } from "./timers.ts"

/** The capacity of a mailbox. */
export interface MailboxSettings {
  /** How many messages wait for the actor. Default 1,000. */
  capacity: number
  /** What a full mailbox does with one more message; `fail` fails the actor. Default `dropNew`. A dropped message is a dead letter. */
  overflow: DropStrategy
}

/** A letter that may come from a timer. */
export interface TimedLetter extends Letter {
  readonly timer?: Timer
}

/**
 * The letters that wait for an actor, in the order in which they came. It is bounded, but never drops a `PoisonPill` or the
 * notice that a watched actor has stopped, of which there are at most as many as there are watched actors.
 */
export class Mailbox {
  private letters: TimedLetter[] = []

  constructor(private readonly settings: MailboxSettings) {}

  get isEmpty(): boolean {
    return this.letters.length === 0
  }

  /** Adds a letter; how many were dropped for it. A `BufferOverflowError` if it is full and the strategy is `fail`. */
  put(letter: TimedLetter): number {
    const { capacity, overflow } = this.settings
    const isFull = this.letters.length >= capacity && mayBeDropped(letter)
    if (isFull && overflow === "fail") throw new BufferOverflowError(`The mailbox is full: ${capacity} messages`)
    if (isFull && overflow === "dropNew") return 1
    const dropped = isFull ? this.drop(overflow) : 0
    this.letters.push(letter)
    return dropped
  }

  take(): TimedLetter | undefined {
    return this.letters.shift()
  }

  /** Drops the notice about an actor that is no longer watched. */
  forget(watched: string): void {
    this.letters = this.letters.filter(({ about }) => about !== watched)
  }

  /** Empties the mailbox. */
  takeAll(): TimedLetter[] {
    return this.letters.splice(0)
  }

  private drop(overflow: MailboxSettings["overflow"]): number {
    const before = this.letters.length
    if (overflow === "dropBuffer") this.letters = this.letters.filter((letter) => !mayBeDropped(letter))
    else {
      const index =
        overflow === "dropHead" ? this.letters.findIndex(mayBeDropped) : this.letters.findLastIndex(mayBeDropped)
      if (index >= 0) this.letters.splice(index, 1)
    }
    return before - this.letters.length
  }
}

export function mayBeDropped({ message, about }: Letter): boolean {
  return about === undefined && message !== PoisonPill
}
