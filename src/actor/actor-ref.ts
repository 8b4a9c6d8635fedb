import type { Duration } from "../stream/duration.ts"

/**
 * A message that stops an actor after the messages that it got before. Watchers get `Terminated`. Sent to the ref of a
 * `Source.actorRef` it completes the source. As in Pekko.
 */
export const PoisonPill: unique symbol = Symbol("PoisonPill")
export type PoisonPill = typeof PoisonPill

/**
 * A message that fails an actor with an `ActorKilledError`, after the messages that it got before. Its supervisor decides about this
 * failure as about any other. As in Pekko.
 */
export const Kill: unique symbol = Symbol("Kill")
export type Kill = typeof Kill

/**
 * The address of an actor that takes messages of type `M`: in the same connection, in the same Durable Object or in another one.
 * A ref may be part of a message and of an actor's `state`. Compare refs by `path`, since two refs of one actor may be two objects.
 */
export abstract class ActorRef<M> {
  declare protected readonly phantom: (message: M) => void

  /**
   * The actor's path, such as `/room/$1`. It is unique within a Durable Object, or within a connection in a plain Worker, and the
   * same after hibernation. A ref of `remoteActor` has `//<object>/<actor>`.
   */
  abstract readonly path: string

  /**
   * Sends a message without waiting for it to be handled. Messages of one sender arrive in order, at most once. A message for an
   * actor that has stopped is a dead letter: it is counted, and logged with the count after the first event and then after each
   * tenfold increase. As in Pekko, but without a sender: `context.sender` is set for `ask` only.
   *
   * @param message an `M`, `PoisonPill` to stop the actor, or `Kill` to make it fail
   */
  abstract tell(message: M | PoisonPill | Kill): void

  /**
   * Sends a message and waits for the answer: the first message that the actor tells its `context.sender`. The object stays in
   * memory while an ask is pending. An answer after the timeout is a dead letter.
   *
   * @param timeout how long to wait, in milliseconds or as text such as `"5 seconds"`, at least 0
   * @returns the answer; rejects with an `AskTimeoutError` after `timeout`
   * @throws RangeError for a `timeout` that is no duration; a ref of `remoteActor` rejects with it instead
   *
   * @example
   * ```ts
   * const total = async (counter: ActorRef<"total">) => counter.ask<number>("total", "5 seconds")
   * ```
   */
  abstract ask<Reply>(message: M, timeout: Duration): Promise<Reply>
}

/** A ref of any actor, for APIs that do not send to it. */
export type AnyRef = ActorRef<never>

/**
 * The message that an actor gets, once, when an actor that it watches has stopped. `actor` is the ref of the stopped actor. It is the
 * same for an actor that has failed.
 */
export class Terminated {
  constructor(readonly actor: AnyRef) {}
}

/**
 * A message that fails the source of a `Source.actorRef` or `ActorFlow` with `cause`. A `CloseError` as the cause closes the socket
 * with its code; any other cause closes it with 1011.
 */
export class Failure {
  constructor(readonly cause: unknown) {}
}

/** An ask got no answer within its timeout. */
export class AskTimeoutError extends Error {
  override name = "AskTimeoutError"
}
