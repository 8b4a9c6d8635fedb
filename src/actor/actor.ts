import { describeValue } from "../stream/author-value.ts"
import type { Duration } from "../stream/duration.ts"
import { type ActorRef, type AnyRef, Terminated } from "./actor-ref.ts"
import type { EventStream } from "./event-stream.ts"
import type { MailboxSettings } from "./mailbox.ts"
import { DeathPactError, type ReceiveTimeout } from "./signal.ts"
import { type SupervisorStrategy, stopping } from "./supervision.ts"
import type { Timers } from "./timers.ts"
import type { WatchedActors } from "./watched-actors.ts"

interface Equipment<M> {
  context: ActorContext<M>
  timers: Timers<M>
  addDeadLetter(message: M): void
}

const equipments = new WeakMap<object, Equipment<never>>()

/** Gives an actor its context and timers. It has none while it is constructed. */
export function equip(actor: Actor<never>, equipment: Equipment<never>): void {
  equipments.set(actor, equipment)
}

/**
 * Handles messages of type `M` one at a time. It lives as long as its connection or its object. Its `state`, current behavior, stash,
 * timers, children and watches survive hibernation. As Pekko's classic actors, but a behavior has a name, because closures do not
 * survive.
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
   * The one field that survives hibernation: a value that structured clone takes, with refs in it, nested at most 1,000 levels deep.
   * The constructor makes every other field again. A state that cannot be stored fails the actor with a `TypeError` at the end of
   * the event. Default `undefined`, which is not stored.
   */
  state: unknown = undefined

  /**
   * Handles one message. An error that it throws goes to the parent's `supervisorStrategy`. It must be synchronous: a returned
   * promise is a `TypeError`. Let a promise tell the actor its result instead.
   */
  abstract receive(message: M): void

  /**
   * Handlers that `context.become` puts in the place of `receive`, by name. A stored name must stay. Each is called as a method.
   *
   * @example
   * ```ts
   * class Door extends Actor<"open" | "close"> {
   *   override behaviors = { open: this.whileOpen }
   *   receive(message: "open" | "close") {
   *     if (message === "open") this.context.become("open")
   *   }
   *   private whileOpen(message: "open" | "close") {
   *     if (message === "close") this.context.unbecome()
   *   }
   * }
   * ```
   */
  readonly behaviors: Record<string, (message: M) => void> = {}

  /**
   * Call it for a message that the actor does not handle: it becomes a dead letter. A `Terminated` fails the actor instead.
   *
   * @throws DeathPactError for a `Terminated`
   */
  unhandled(message: M | Terminated): void {
    if (message instanceof Terminated) throw new DeathPactError(message.actor)
    equipmentOf(this).addDeadLetter(message)
  }

  /** Runs before the first message, and after a restart, but not after hibernation. By default an `ActorInitializationError` stops it. */
  preStart(): void {}

  /** Runs when the actor stops, and before a restart. Its children have stopped before. Does not run at hibernation. */
  postStop(): void {}

  /** Decides about a child that throws. Default: the child stops. See `oneForOne` and `allForOne`. */
  readonly supervisorStrategy: SupervisorStrategy = stopping

  /** The classes of its children, by name. A child is stored as this name and its arguments, so a stored name must stay. */
  readonly childTypes: Record<string, ActorClass<never, never[]>> = {}

  /** Starts and stops children, and watches other actors. Using it in the constructor is an `Error`. */
  get context(): ActorContext<M> {
    return equipmentOf(this).context
  }

  /** The ref of this actor. Using it in the constructor is an `Error`. */
  get self(): ActorRef<M> {
    return this.context.self
  }

  /** Messages that the actor sends itself later. Using them in the constructor is an `Error`. */
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

/** The class of an actor and the arguments of its constructor. Make them with `Props.of`. */
export class ActorProps<M> {
  declare protected readonly phantom: (message: M) => void

  constructor(
    /** The class of the actor. */
    readonly type: { readonly name: string },
    readonly args: readonly unknown[],
    readonly mailbox: MailboxSettings,
    /** Makes a new instance. */
    readonly make: () => Actor<M>,
  ) {}
}

/** Returns the props. Throws a `TypeError` if an author's function returned anything else. */
export function checkProps<M>(props: ActorProps<M>, where: string): ActorProps<M> {
  if (props instanceof ActorProps) return props
  throw new TypeError(`${where} must be Props, not ${describeValue(props)}: write Props.of(Counter, out)`)
}

/** The actor's own ref, the sender, children and watches. Use it while a message is handled. */
export interface ActorContext<M> {
  readonly self: ActorRef<M>

  /** Takes the answer while an ask is handled. During any other message, an answer to it is a dead letter. */
  readonly sender: ActorRef<unknown>

  /** The time of the event in milliseconds since the epoch. Timers use the same clock. */
  now(): number

  /**
   * Starts a child. It stops before its parent stops. Its class must be in the parent's `childTypes`, because the child is made again
   * from the name of its class and its arguments after hibernation.
   *
   * @param name letters, digits and `_`, `-`, `.`, `$`; unique among the children. Default: `$1`, `$2` and so on
   * @returns the child's ref, with the path `<parent>/<name>`
   * @throws Error for an invalid or taken name, and for a class that is not in `childTypes`
   * @throws TypeError for arguments that structured clone refuses
   *
   * @example
   * ```ts
   * class Worker extends Actor<string> {
   *   receive(job: string) {
   *     console.log(job)
   *   }
   * }
   * class Boss extends Actor<string> {
   *   override childTypes = { Worker }
   *   receive(job: string) {
   *     this.context.actorOf(Props.of(Worker)).tell(job)
   *   }
   * }
   * ```
   */
  actorOf<Child>(props: ActorProps<Child>, name?: string): ActorRef<Child>

  /** The children by name. */
  readonly children: ReadonlyMap<string, AnyRef>

  /** The child of a name; `undefined` if there is none. */
  child(name: string): AnyRef | undefined

  /**
   * Stops this actor or a child after the message that it is handling. Waiting messages become dead letters.
   *
   * @throws Error for any other actor: send it `PoisonPill`
   */
  stop(actor: AnyRef): void

  /**
   * Sends this actor `Terminated`, once, when another actor has stopped, or at once if it has stopped already.
   *
   * @throws Error for an actor of another object
   */
  watch(this: ActorContext<M | Terminated>, actor: AnyRef): void

  /**
   * Watches an actor, and sends this actor `message` instead of `Terminated`.
   *
   * @throws TypeError for a message that structured clone refuses; refs in it are fine
   */
  watchWith(actor: AnyRef, message: M): void

  /** Ends a watch. A `Terminated` that waits in the mailbox is removed. */
  unwatch(actor: AnyRef): void

  /**
   * Makes one of the actor's `behaviors` handle the following messages. It survives hibernation and `resume`, but no restart.
   *
   * @param behavior its name
   * @param options `discardOld` (default `true`) replaces the current behavior; `false` puts it on top, at most 100 deep
   * @throws Error for a name that is not in `behaviors`, and for too many behaviors on top of one another; TypeError for an unknown option
   */
  become(behavior: string, options?: { discardOld?: boolean }): void

  /** Goes back to the behavior below, or to `receive`. */
  unbecome(): void

  /**
   * Keeps a copy of the current message for `unstashAll`, bounded by the capacity of the mailbox. Stashed messages are stored with the
   * actor. At a restart they go back to the mailbox, and when the actor stops they are dead letters.
   *
   * @throws Error if no message is handled, and for a message that is stashed already
   * @throws BufferOverflowError if the stash is full; TypeError for a message that structured clone refuses. Refs in it are fine
   */
  stash(): void

  /** Puts the stashed messages back before all others in the mailbox, in the order in which they came. */
  unstashAll(): void

  /**
   * Sends this actor `ReceiveTimeout` when it has got no message for a time, and again after each such time. It survives hibernation,
   * and ends with a restart. Every message moves the time, which writes the row of an object's actor.
   *
   * @param timeout in milliseconds or as text such as `"5 seconds"`, at least 1 ms
   * @throws RangeError for a `timeout` below 1 ms
   */
  setReceiveTimeout(this: ActorContext<M | ReceiveTimeout>, timeout: Duration): void

  /** Ends the receive timeout. A `ReceiveTimeout` that waits in the mailbox is still delivered. */
  cancelReceiveTimeout(): void

  /** Dead letters, for actors that subscribe to them. */
  readonly eventStream: EventStream<M>

  /** The actors that this one watches, in no particular order. They survive hibernation, so a room needs no list of its members. */
  readonly watched: WatchedActors
}
