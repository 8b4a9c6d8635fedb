import type { AnyRef } from "./actor-ref.ts"

/** A message that could not be delivered, for actors that subscribe to dead letters. As Pekko's `DeadLetter`, without a sender. */
export class DeadLetter {
  constructor(
    readonly message: unknown,
    readonly recipient: AnyRef,
  ) {}
}

/** The events of an object's actor system. */
export interface EventStream<M> {
  /**
   * Sends this actor a `DeadLetter` for each message of another actor that could not be delivered. It is stored with the actor and
   * survives hibernation. Dead letters that are `DeadLetter`s themselves are not published.
   *
   * @throws Error for an actor of a connection in an object: let an actor of the object subscribe
   */
  subscribe(this: EventStream<M | DeadLetter>, event: typeof DeadLetter): void

  /** Ends the subscription of this actor, if there is one. */
  unsubscribe(event: typeof DeadLetter): void
}

/** The paths of the actors that subscribe to dead letters. */
export class DeadLetterSubscribers {
  private readonly paths = new Set<string>()

  has(path: string): boolean {
    return this.paths.has(path)
  }

  add(path: string): void {
    this.paths.add(path)
  }

  /** Returns whether it was a subscriber. */
  delete(path: string): boolean {
    return this.paths.delete(path)
  }

  /** The subscribers that get the dead letter of a message. */
  of(message: unknown, recipient: string): string[] {
    return message instanceof DeadLetter ? [] : [...this.paths].filter((path) => path !== recipient)
  }
}
