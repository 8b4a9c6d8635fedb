import type { ActorRef, AnyRef } from "./actor-ref.ts"

/** A group of actors that one call sends a message to. Pekko has no such group. */
export interface WatchedActors extends Iterable<ActorRef<unknown>> {
  readonly size: number

  /**
   * Sends a message to every actor of the group except those in `except`. For clients of a `FlowObject` the message is encoded
   * once. It is sent to hibernating clients without restoring their flows.
   *
   * @example
   * ```ts
   * class Room extends Actor<{ from: ActorRef<string>; text: string }> {
   *   receive({ from, text }: { from: ActorRef<string>; text: string }) {
   *     this.context.watched.tell(text, { except: from })
   *   }
   * }
   * ```
   */
  tell(message: unknown, options?: { except?: AnyRef | readonly AnyRef[] }): void
}
