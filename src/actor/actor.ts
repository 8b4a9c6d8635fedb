import { requirePositiveInteger } from "../stream/argument.ts"
import { describeValue } from "../stream/author-value.ts"
import type { ActorRef, AnyRef, Terminated } from "./actor-ref.ts"
import type { MailboxSettings } from "./mailbox.ts"
import { type SupervisorStrategy, stopping } from "./supervision.ts"
import type { Timers } from "./timers.ts"

interface Equipment<M> {
  context: ActorContext<M>
  timers: Timers<M>
}

const equipments = new WeakMap<object, Equipment<never>>()

/** Gives an actor its context and timers, which it lacks while it is constructed. */
export function equip(actor: Actor<never>, equipment: Equipment<never>): void {
  equipments.set(actor, equipment)
}

/**
 * Handles messages of type `M` one at a time. It lives as long as its connection or its object, hibernation included: its
 * `state`, timers, children and watches are kept.
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
   * All that is kept of the actor's fields: a value that structured clone takes, and refs in it. Every other field is lost when
   * the actor hibernates, and is made anew by the constructor.
   */
  state: unknown = undefined

  /** Handles one message. An error that it throws goes to the parent's `supervisorStrategy`. It must not be asynchronous. */
  abstract receive(message: M): void

  /** Runs once, before the first message; not when the actor wakes up. */
  preStart(): void {}

  /** Runs once, when the actor has stopped; not when it hibernates. Its children have stopped before. */
  postStop(): void {}

  /** Decides about a child that throws. Default: the child stops. */
  readonly supervisorStrategy: SupervisorStrategy = stopping

  /** The classes of its children, by name: a child is kept as the name of its class, and the arguments. */
  readonly childTypes: Record<string, ActorClass<never, never[]>> = {}

  /** Starts and stops children, watches other actors. */
  get context(): ActorContext<M> {
    return equipmentOf(this).context
  }

  /** The ref of this actor. */
  get self(): ActorRef<M> {
    return this.context.self
  }

  /** Messages that the actor tells itself later. */
  get timers(): Timers<M> {
    return equipmentOf(this).timers
  }
}

function equipmentOf<M>(actor: Actor<M>): Equipment<M> {
  const equipment = equipments.get(actor)
  if (equipment) return equipment as Equipment<M>
  throw new Error(
    `${actor.constructor.name} has no context while it is constructed, which happens each time it wakes up: use preStart`,
  )
}

/** A class of actors. Its constructor may run again at any time, so it must have no effects; see `preStart`. */
export type ActorClass<M, Args extends unknown[]> = new (...args: Args) => Actor<M>

/**
 * How to make an actor: its class and the arguments of its constructor.
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
    if (!isActorClass(type)) {
      throw new TypeError(
        `Props.of takes a class that extends Actor and the arguments of its constructor, not ${describeValue(type)}: ` +
          "write Props.of(Counter, out)",
      )
    }
    return new Props(type, args, { capacity: 1000, overflow: "dropNew" }, () => new type(...args))
  }

  /** The same actor with another capacity of its mailbox. */
  withMailbox({ capacity, overflow }: Partial<MailboxSettings>): Props<M> {
    const settings = { capacity: capacity ?? this.mailbox.capacity, overflow: overflow ?? this.mailbox.overflow }
    requirePositiveInteger("The capacity of a mailbox", settings.capacity)
    return new Props(this.type, this.args, settings, this.make)
  }
}

function isActorClass(type: unknown): boolean {
  return typeof type === "function" && type.prototype instanceof Actor
}

/** The props that a function of an author's returned; a `TypeError` for anything else. */
export function checkProps<M>(props: Props<M>, where: string): Props<M> {
  if (props instanceof Props) return props
  throw new TypeError(`${where} must be Props, not ${describeValue(props)}: write Props.of(Counter, out)`)
}

/** What an actor can do besides telling. */
export interface ActorContext<M> {
  readonly self: ActorRef<M>

  /** The actor or the code that asked, while its question is handled; otherwise what is told to it is a dead letter. */
  readonly sender: ActorRef<unknown>

  /** The time of the event in milliseconds, by which timers go. */
  now(): number

  /**
   * Starts a child. It stops when its parent does, and before it. Its class must be among the parent's `childTypes`, and the
   * arguments must be what structured clone takes, and refs: the child is made again from them after hibernation.
   */
  actorOf<Child>(props: Props<Child>, name?: string): ActorRef<Child>

  /** The children by name. */
  readonly children: ReadonlyMap<string, AnyRef>

  child(name: string): AnyRef | undefined

  /** Stops the actor itself or a child, after the message that it is handling. Messages that wait become dead letters. */
  stop(actor: AnyRef): void

  /**
   * Tells this actor `Terminated`, once, when another has stopped: at once if it has stopped already. An error for an actor of
   * another object.
   */
  watch(this: ActorContext<M | Terminated>, actor: AnyRef): void

  /** Tells this actor `message` instead of `Terminated`. The message must be what structured clone takes, and refs. */
  watchWith(actor: AnyRef, message: M): void

  /** After this no `Terminated` of that actor comes, even if it was on its way. */
  unwatch(actor: AnyRef): void

  /** The actors that this one watches, in no particular order. Watches are kept, so a room needs no other list of its members. */
  readonly watched: WatchedActors
}

/** A group of actors that can be told one message. */
export interface WatchedActors extends Iterable<ActorRef<unknown>> {
  readonly size: number

  /**
   * Tells every actor of the group, but for those in `except`. For clients of a `FlowObject` the message is encoded once, and
   * hibernating ones are not restored for it.
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
