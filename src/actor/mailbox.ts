import { BufferOverflowError } from "../stream/errors.ts"
import { PoisonPill } from "./actor-ref.ts"
import type { Letter } from "./actor-system.ts"
import type { MailboxSettings } from "./props.ts"
import type { Timer } from "./timers.ts"

/** A letter that may have been written by a timer. */
export interface TimedLetter extends Letter {
  readonly timer?: Timer
}

/**
 * The letters that wait for an actor, in the order in which they came. It is bounded, but never loses a `PoisonPill` or the news
 * that somebody has stopped, of which there are at most as many as there are actors watched.
 */
export class Mailbox {
  private letters: TimedLetter[] = []

  constructor(private readonly settings: MailboxSettings) {}

  get isEmpty(): boolean {
    return this.letters.length === 0
  }

  /** Takes a letter; how many were lost for it. A `BufferOverflowError` if it is full and the strategy is `fail`. */
  put(letter: TimedLetter): number {
    const { bound, overflow } = this.settings
    const isFull = this.letters.length >= bound && mayBeLost(letter)
    if (isFull && overflow === "fail") throw new BufferOverflowError(`The mailbox is full: ${bound} messages`)
    if (isFull && overflow === "dropNew") return 1
    const lost = isFull ? this.drop(overflow) : 0
    this.letters.push(letter)
    return lost
  }

  take(): TimedLetter | undefined {
    return this.letters.shift()
  }

  /** Drops the news about an actor that is not watched any more. */
  forget(watched: string): void {
    this.letters = this.letters.filter(({ about }) => about !== watched)
  }

  /** Drops everything; how many messages were lost. */
  clear(): number {
    return this.letters.splice(0).filter(mayBeLost).length
  }

  private drop(overflow: MailboxSettings["overflow"]): number {
    const before = this.letters.length
    if (overflow === "dropBuffer") this.letters = this.letters.filter((letter) => !mayBeLost(letter))
    else {
      const index = overflow === "dropHead" ? this.letters.findIndex(mayBeLost) : this.letters.findLastIndex(mayBeLost)
      if (index >= 0) this.letters.splice(index, 1)
    }
    return before - this.letters.length
  }
}

function mayBeLost({ message, about }: Letter): boolean {
  return about === undefined && message !== PoisonPill
}
