import type { AnyRef } from "./actor-ref.ts"

/** The message that an actor gets when it has got no message for the time of its `setReceiveTimeout`. */
export class ReceiveTimeout {
  /** @param timeout in milliseconds */
  constructor(readonly timeout: number) {}
}

/**
 * The error that a `supervisorStrategy` gets when the constructor or `preStart` of a child has thrown; `cause` is the error that was
 * thrown. The child has no instance, so `resume` counts as `restart`. As Pekko's `ActorInitializationException`.
 */
export class ActorInitializationError extends Error {
  override name = "ActorInitializationError"

  constructor({ path }: AnyRef, cause: unknown) {
    super(`${path} cannot start`, { cause })
  }
}

/** The failure of an actor that got `Kill`. */
export class ActorKilledError extends Error {
  override name = "ActorKilledError"
}

/** The failure of an actor that watches another one and does not handle its `Terminated`: see `Actor.unhandled`. */
export class DeathPactError extends Error {
  override name = "DeathPactError"

  constructor(readonly actor: AnyRef) {
    super(`The watched actor ${actor.path} has stopped, and its Terminated is not handled: handle it, or use watchWith`)
  }
}
