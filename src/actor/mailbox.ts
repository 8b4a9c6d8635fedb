import { BufferOverflowError } from "../stream/errors.ts"
import type { DropStrategy } from "../stream/overflow.ts"
import { Kill, PoisonPill } from "./actor-ref.ts"
import type { Letter } from "./letter.ts"
import type { Timer } from "./timers.ts"

/** The bound of a mailbox. */
export interface MailboxSettings {
  /** The number of messages that may wait, at least 1. Default 1,000; Pekko's default mailbox is unbounded. */
  capacity: number
  /** What a full mailbox drops. Default `dropNew`. `fail` fails the actor instead. A dropped message is a dead letter. */
  overflow: DropStrategy
}

/** A letter that may come from a timer. */
export interface TimedLetter extends Letter {
  readonly timer?: Timer
}

/**
 * The letters that wait for an actor, in the order of their arrival. It is bounded, but never drops a `PoisonPill`, a `Kill` or the notice
 * that a watched actor has stopped. There is at most one notice for each watched actor.
 */
export class Mailbox {
  private letters: TimedLetter[] = []

  constructor(private readonly settings: MailboxSettings) {}

  get isEmpty(): boolean {
    return this.letters.length === 0
  }

  /** Adds a letter. Returns how many were dropped for it. Throws a `BufferOverflowError` if full and the strategy is `fail`. */
  put(letter: TimedLetter): number {
    const { capacity, overflow } = this.settings
    const isFull = this.letters.length >= capacity && isDroppable(letter)
    if (isFull && overflow === "fail") throw new BufferOverflowError(`The mailbox is full: ${capacity} messages`)
    if (isFull && overflow === "dropNew") return 1
    const dropped = isFull ? this.drop(overflow) : 0
    this.letters.push(letter)
    return dropped
  }

  /** Adds letters before all others. They were in the mailbox before, so none is dropped for them. */
  putFirst(letters: readonly TimedLetter[]): void {
    this.letters = [...letters, ...this.letters]
  }

  take(): TimedLetter | undefined {
    return this.letters.shift()
  }

  /** Removes the notice about an actor, which is no longer watched or is about to be replaced. */
  removeNotice(watched: string): void {
    this.letters = this.letters.filter(({ about }) => about !== watched)
  }

  /** Empties the mailbox. */
  takeAll(): TimedLetter[] {
    return this.letters.splice(0)
  }

  private drop(overflow: MailboxSettings["overflow"]): number {
    const before = this.letters.length
    if (overflow === "dropBuffer") this.letters = this.letters.filter((letter) => !isDroppable(letter))
    else {
      const index =
        overflow === "dropHead" ? this.letters.findIndex(isDroppable) : this.letters.findLastIndex(isDroppable)
      if (index >= 0) this.letters.splice(index, 1)
    }
    return before - this.letters.length
  }
}

export function isDroppable({ message, about }: Letter): boolean {
  return about === undefined && message !== PoisonPill && message !== Kill
}
