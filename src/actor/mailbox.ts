import { BufferOverflowError } from "../stream/errors.ts"
import type { DropStrategy } from "../stream/overflow.ts"
import { Kill, PoisonPill } from "./actor-ref.ts"
import type { Letter } from "./letter.ts"
import type { Timer } from "./timer.ts"

/** The bound of a mailbox. */
export interface MailboxSettings {
  /** The number of messages that may wait, at least 1. Default 1,000; Pekko's default mailbox is unbounded. */
  capacity: number
  /** Which messages a full mailbox drops. Default `dropNew`. `fail` fails the actor instead. A dropped message is a dead letter. */
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

  /** Adds a letter. Returns those that were dropped for it. Throws a `BufferOverflowError` if full and the strategy is `fail`. */
  put(letter: TimedLetter): readonly TimedLetter[] {
    const { capacity, overflow } = this.settings
    const isFull = this.letters.length >= capacity && isDroppable(letter)
    if (isFull && overflow === "fail") throw new BufferOverflowError(`The mailbox is full: ${capacity} messages`)
    if (isFull && overflow === "dropNew") return [letter]
    const dropped = isFull ? this.drop(overflow) : []
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

  /** Removes the notice about an actor, because the watch has ended or a new notice follows. */
  removeNotice(watched: string): void {
    this.letters = this.letters.filter(({ about }) => about !== watched)
  }

  /** Empties the mailbox. */
  takeAll(): TimedLetter[] {
    return this.letters.splice(0)
  }

  private drop(overflow: MailboxSettings["overflow"]): readonly TimedLetter[] {
    if (overflow === "dropBuffer") {
      const dropped = this.letters.filter(isDroppable)
      this.letters = this.letters.filter((letter) => !isDroppable(letter))
      return dropped
    }
    const index =
      overflow === "dropHead" ? this.letters.findIndex(isDroppable) : this.letters.findLastIndex(isDroppable)
    return index >= 0 ? this.letters.splice(index, 1) : []
  }
}

export function isDroppable({ message, about }: Letter): boolean {
  return about === undefined && message !== PoisonPill && message !== Kill
}
