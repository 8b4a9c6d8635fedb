import type { Duration } from "../stream/duration.ts"

/** Stops the actor that it is told to, as soon as that has handled what it was told before. */
export const PoisonPill: unique symbol = Symbol("PoisonPill")
export type PoisonPill = typeof PoisonPill

/**
 * Where messages for an actor go, wherever that is: in the same connection, in the same Durable Object or in another one.
 * A ref can be part of a message, and of what an actor keeps. Refs to one actor have one `path`, but need not be one object.
 */
export abstract class ActorRef<M> {
  declare protected readonly phantom: (message: M) => void

  /** Who it is, within its Durable Object, or within its connection in a plain Worker. */
  abstract readonly path: string

  /**
   * Sends a message, and that is all: nothing comes back, whatever becomes of it. What one sender tells arrives in order, at most
   * once. What is told to an actor that has stopped is a dead letter: it is counted, and logged with the count, once an event and
   * then each time there are ten times as many.
   */
  abstract tell(message: M | PoisonPill): void

  /**
   * Sends a message and waits for the answer: what the actor tells its `context.sender`.
   *
   * @returns rejects with an `AskTimeoutError` when there is no answer in time. Who waits keeps its object awake.
   */
  abstract ask<Reply>(message: M, timeout: Duration): Promise<Reply>
}

/** Whoever it is, whatever it takes. */
export type AnyRef = ActorRef<never>

/** What an actor is told, once, when one that it watches has stopped. */
export class Terminated {
  constructor(readonly actor: AnyRef) {}
}

/** Told to the ref of a `Source.actorRef`, it fails the source; with a `CloseError` it closes the socket with a code. */
export class Failure {
  constructor(readonly cause: unknown) {}
}

/** There was no answer in time. */
export class AskTimeoutError extends Error {
  override name = "AskTimeoutError"
}
