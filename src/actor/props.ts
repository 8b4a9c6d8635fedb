import { atLeastOne } from "../stream/overflow.ts"
import type { Overflow } from "../stream/stages/backlog.ts"
import type { Actor } from "./actor.ts"

/** A class of actors. Its constructor may run again at any time: nothing may happen in it; see `preStart`. */
export type ActorClass<M, Args extends unknown[]> = new (...args: Args) => Actor<M>

/** What a mailbox holds. */
export interface MailboxSettings {
  /** How many messages wait for the actor. Default 1,000. */
  bound: number
  /** What a full mailbox does with one more; `fail` fails the actor. Default `dropNew`. What is dropped is a dead letter. */
  overflow: Overflow
}

/**
 * How to make an actor: its class and the arguments of its constructor.
 *
 * @example `Props.of(Stopwatch, out)`
 */
export class Props<M> {
  declare protected readonly phantom: (message: M) => void

  private constructor(
    /** The class of the actor. */
    readonly type: { readonly name: string },
    readonly args: readonly unknown[],
    readonly mailbox: MailboxSettings,
    /** A new instance. */
    readonly make: () => Actor<M>,
  ) {}

  static of<M, Args extends unknown[]>(type: ActorClass<M, Args>, ...args: Args): Props<M> {
    return new Props(type, args, { bound: 1000, overflow: "dropNew" }, () => new type(...args))
  }

  withMailbox({ bound, overflow }: Partial<MailboxSettings>): Props<M> {
    const settings = { bound: bound ?? this.mailbox.bound, overflow: overflow ?? this.mailbox.overflow }
    atLeastOne(settings.bound, "The bound of a mailbox")
    return new Props(this.type, this.args, settings, this.make)
  }
}
