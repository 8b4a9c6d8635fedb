import type { ActorContext } from "./actor-context.ts"
import type { ActorRef } from "./actor-ref.ts"
import type { ActorClass } from "./props.ts"
import { type SupervisorStrategy, stopping } from "./supervision.ts"
import type { Timers } from "./timers.ts"

const contexts = new WeakMap<object, { context: ActorContext<never>; timers: Timers<never> }>()

/** Gives an actor what it works with; before that it has been constructed only. */
export function equip(actor: Actor<never>, context: ActorContext<never>, timers: Timers<never>): void {
  contexts.set(actor, { context, timers })
}

/**
 * Handles messages of type `M` one at a time. It lives as long as its connection or its object, and goes on after they have slept:
 * what is in `state` is kept, with its timers, its children and who watches whom.
 *
 * @example
 * ```ts
 * class Counter extends Actor<"add"> {
 *   override state = 0
 *   constructor(private readonly out: ActorRef<string>) {
 *     super()
 *   }
 *   receive() {
 *     this.out.tell(String(++this.state))
 *   }
 * }
 * ```
 */
export abstract class Actor<M> {
  /**
   * All that the actor keeps: a value that structured clone takes, and refs in it. Every other field is gone when the actor has
   * slept, and is made anew by the constructor.
   */
  state: unknown = undefined

  /** Handles one message. What it throws is up to the parent's `supervisorStrategy`. It must not be asynchronous: see `tell`. */
  abstract receive(message: M): void

  /** Runs once, before the first message; not when the actor wakes up. */
  preStart(): void {}

  /** Runs once, when the actor has stopped; not when it falls asleep. Its children have stopped before. */
  postStop(): void {}

  /** What becomes of a child that throws. Default: it stops. */
  readonly supervisorStrategy: SupervisorStrategy = stopping

  /** The classes of its children, by name: what is kept of a child is the name of its class, and the arguments. */
  readonly kinds: Record<string, ActorClass<never, never[]>> = {}

  /** What an actor can do besides telling. */
  get context(): ActorContext<M> {
    return equipment(this).context
  }

  /** Where messages for this actor go. */
  get self(): ActorRef<M> {
    return this.context.self
  }

  /** Messages that it tells itself later. */
  get timers(): Timers<M> {
    return equipment(this).timers
  }
}

function equipment<M>(actor: Actor<M>): { context: ActorContext<M>; timers: Timers<M> } {
  const equipment = contexts.get(actor)
  if (equipment) return equipment as { context: ActorContext<M>; timers: Timers<M> }
  throw new Error(
    `${actor.constructor.name} has no context while it is constructed, which happens each time it wakes up: use preStart`,
  )
}
