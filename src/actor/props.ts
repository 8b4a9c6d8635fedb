import { requirePositiveInteger } from "../stream/argument.ts"
import { checkNames, describeValue } from "../stream/author-value.ts"
import { requireDropStrategy } from "../stream/overflow.ts"
import { Actor, type ActorClass, ActorProps } from "./actor.ts"
import type { ActorRef } from "./actor-ref.ts"
import { type ActorOwner, ActorScope } from "./actor-scope.ts"
import { ActorStage } from "./actor-stage.ts"
import type { MailboxSettings } from "./mailbox.ts"
import type { SavedActor } from "./saved-actor.ts"
import { type SupervisorStrategy, stopping } from "./supervision.ts"
import type { TimerStorage } from "./timer-rows.ts"
import { withTimers } from "./with-timers.ts"

/** An actor of an object: its ref, and the stage that it lives in. */
export interface ObjectActor<M> {
  readonly ref: ActorRef<M>
  makeStage(): ActorStage<M>
  /** A stored actor whose timers, which have rows of their own, are in it. */
  withTimers(saved: SavedActor): SavedActor
}

/**
 * The recipe of an actor: its class and the arguments of its constructor. As Pekko's `Props`, but never a function, because the
 * actor is made again from them after hibernation.
 *
 * @example
 * ```ts
 * class Greeter extends Actor<string> {
 *   constructor(private readonly greeting: string) {
 *     super()
 *   }
 *   receive(name: string) {
 *     console.log(`${this.greeting} ${name}`)
 *   }
 * }
 * const props = Props.of(Greeter, "Hello")
 * ```
 */
export class Props<M> extends ActorProps<M> {
  /**
   * Props of an actor with a mailbox of 1,000 messages. For a child, the arguments must be values that structured clone takes, or refs.
   *
   * @throws TypeError for anything but a class that extends `Actor`
   */
  static of<M, Args extends unknown[]>(type: ActorClass<M, Args>, ...args: Args): Props<M> {
    if (!isActorClass(type)) {
      throw new TypeError(
        `Props.of takes a class that extends Actor and the arguments of its constructor, not ${describeValue(type)}: ` +
          "write Props.of(Counter, out)",
      )
    }
    return new Props(type, args, { capacity: 1000, overflow: "dropNew" }, () => new type(...args))
  }

  /**
   * The same actor with another mailbox.
   *
   * @param settings `capacity`, at least 1, and `overflow`. One that is left out stays as it is: `Props.of` sets 1,000 and `dropNew`
   * @throws RangeError for a capacity that is no positive integer or an unknown `overflow`; TypeError for an unknown setting
   */
  withMailbox(given: Partial<MailboxSettings>): Props<M> {
    const { capacity = this.mailbox.capacity, overflow = this.mailbox.overflow } = given
    const settings = { capacity, overflow }
    checkNames("mailbox setting", given, settings)
    requirePositiveInteger("The capacity of a mailbox", capacity)
    requireDropStrategy("The overflow of a mailbox", overflow)
    return new Props(this.type, this.args, settings, this.make)
  }

  /**
   * Called by `FlowObject.actor`. The code of actors comes to an object with the props of its actors, so that an object without
   * actors has none of it in its bundle.
   */
  inObject(
    owner: ActorOwner,
    path: string,
    {
      strategy = stopping,
      ...place
    }: { storage: TimerStorage; stored(): SavedActor; strategy?: SupervisorStrategy | undefined },
  ): ObjectActor<M> {
    const { system } = ActorScope.ofOwner(owner)
    return {
      ref: system.ref(path),
      makeStage: () => new ActorStage(() => this, { strategy, recovers: true }, { path, ...place }),
      withTimers: (saved) => withTimers(saved, path, place.storage),
    }
  }
}

function isActorClass(type: unknown): boolean {
  return typeof type === "function" && type.prototype instanceof Actor
}
