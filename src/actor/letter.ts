import { type ActorRef, type AnyRef, Failure, Kill, PoisonPill } from "./actor-ref.ts"

/** The error that ended an actor or a stream. */
export interface Failed {
  error: unknown
}

/** A message and its metadata, on the way to a receiver. */
export interface Letter {
  readonly message: unknown
  /** Where an answer goes. */
  readonly sender?: ActorRef<unknown>
  /** The path of the stopped actor that this letter is about. */
  readonly about?: string
  /** The actor that the letter is about has failed. */
  readonly failure?: Failed
}

/** A destination of letters: an actor, the end of a stream, or a pending ask. */
export interface Receiver {
  readonly ref: AnyRef
  readonly scope: Scope | undefined
  receive(letter: Letter): void
  /** A watch that is saved with this receiver has been added or removed. */
  watchersChanged(): void
}

/** The receivers that are saved together: those of a connection, or those of an object. */
export interface Scope {
  /** The beginning of the paths of its receivers. */
  readonly path: string
  /** The receivers in memory. */
  readonly members: ReadonlySet<Receiver>
  add(member: Receiver): void
  remove(member: Receiver): void
  has(path: string): boolean
}

/** An actor that has a message to handle. */
export interface Runnable {
  turn(): void
}

/** The connection's prefix of a path, `/@<id>`; the empty text for the path of an object's actor. */
export function connectionOf(path: string): string {
  return path.startsWith("/@") ? path.slice(0, path.indexOf("/", 2)) : ""
}

/** The id of the connection that a path belongs to; `undefined` for the path of an object's actor. */
export function connectionIdOf(path: string): string | undefined {
  return connectionOf(path).slice(2) || undefined
}

/** Whether the message may be sent to a client. An ask wakes the actor, because it needs an answer. */
export function isForClient({ message, sender }: Letter): boolean {
  return message !== PoisonPill && message !== Kill && !(message instanceof Failure) && sender === undefined
}
