import { BufferOverflowError } from "../stream/errors.ts"
import { assertStorable } from "../stream/storable.ts"
import { type ActorRef, Terminated } from "./actor-ref.ts"
import { DeadLetter } from "./event-stream.ts"
import type { Letter } from "./letter.ts"
import { encodeRefs } from "./ref-encoding.ts"
import { ReceiveTimeout } from "./signal.ts"

/** A stashed message as it is saved. A `Terminated` has no message, and neither has a `ReceiveTimeout`. */
export interface SavedLetter {
  message?: unknown
  /** The path of the asker. */
  sender?: string
  /** The path of the stopped actor that it is about. */
  about?: string
  /** In milliseconds. */
  receiveTimeout?: number
  /** The path of the recipient of a dead letter. */
  recipient?: string
}

/** The part of an actor system that decodes stashed letters. */
interface System {
  ref(path: string): ActorRef<unknown>
  decode(value: unknown): unknown
}

/** Messages that an actor handles later. They are encoded at once, so that they are the same with and without hibernation. */
export class Stash {
  private letters: readonly SavedLetter[] = []
  /** The letter that was stashed last. */
  private last: Letter | undefined

  constructor(
    private readonly path: string,
    private readonly capacity: number,
  ) {}

  get size(): number {
    return this.letters.length
  }

  /**
   * Throws an `Error` for a letter that is in the stash already, a `BufferOverflowError` if the stash is full, and a `TypeError` for a
   * message that structured clone refuses.
   */
  add(letter: Letter): void {
    const { path, capacity } = this
    if (letter === this.last) throw new Error(`${path} has stashed this message already: return after stash()`)
    if (this.size >= capacity) throw new BufferOverflowError(`The stash of ${path} is full: ${capacity} messages`)
    this.letters = [...this.letters, encodeLetter(letter, path)]
    this.last = letter
  }

  /** Empties the stash. */
  takeAll(system: System): Letter[] {
    const { letters } = this
    this.letters = []
    this.last = undefined
    return letters.map((letter) => decodeLetter(letter, system))
  }

  save(): readonly SavedLetter[] {
    return this.letters
  }

  restore(letters: readonly SavedLetter[]): void {
    this.letters = letters
    this.last = undefined
  }
}

function encodeLetter({ message, sender, about }: Letter, path: string): SavedLetter {
  if (message instanceof ReceiveTimeout) return { receiveTimeout: message.timeout }
  if (message instanceof Terminated) return { about }
  const isDead = message instanceof DeadLetter
  const encoded = encodeRefs(isDead ? message.message : message)
  assertStorable(encoded, `The message that ${path} stashes`, "message")
  return {
    message: structuredClone(encoded),
    ...(isDead && { recipient: message.recipient.path }),
    ...(sender && { sender: sender.path }),
    ...(about !== undefined && { about }),
  }
}

function decodeLetter(saved: SavedLetter, system: System): Letter {
  const { message, sender, about, receiveTimeout, recipient } = saved
  if (receiveTimeout !== undefined) return { message: new ReceiveTimeout(receiveTimeout) }
  if (about !== undefined && !("message" in saved)) return { message: new Terminated(system.ref(about)), about }
  const decoded = system.decode(structuredClone(message))
  return {
    message: recipient === undefined ? decoded : new DeadLetter(decoded, system.ref(recipient)),
    ...(sender !== undefined && { sender: system.ref(sender) }),
    ...(about !== undefined && { about }),
  }
}
