import type { AnyRef } from "./actor-ref.ts"

/** The message that an actor gets when it has got no message for as long as its `setReceiveTimeout` says. */
export class ReceiveTimeout {
  /** @param timeout in milliseconds */
  constructor(readonly timeout: number) {}
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
