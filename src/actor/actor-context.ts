import type { ActorCell } from "./actor-cell.ts"
import type { ActorRef, AnyRef, Terminated } from "./actor-ref.ts"
import type { Props } from "./props.ts"

/** What an actor can do besides telling. */
export class ActorContext<M> {
  constructor(private readonly cell: ActorCell) {}

  get self(): ActorRef<M> {
    return this.cell.ref
  }

  /** Who asked, while the message is handled that was asked; what is told to nobody is a dead letter. */
  get sender(): ActorRef<unknown> {
    return this.cell.sender
  }

  /** The time in milliseconds, the same all through an event: what timers go by. */
  now(): number {
    return this.cell.now()
  }

  /**
   * Starts a child. It stops when its parent does, and before it. The class must be among the parent's `kinds`, and the arguments
   * must be what structured clone takes, and refs: the child is made again from them when the object has slept.
   */
  actorOf<Child>(props: Props<Child>, name?: string): ActorRef<Child> {
    return this.cell.spawn(props, name)
  }

  /** The children by name. */
  get children(): ReadonlyMap<string, AnyRef> {
    return new Map([...this.cell.children].map(([name, { ref }]) => [name, ref]))
  }

  child(name: string): AnyRef | undefined {
    return this.cell.children.get(name)?.ref
  }

  /** Stops the actor itself or a child, after the message that it handles just now; messages that wait are dead letters. */
  stop(actor: AnyRef): void {
    this.cell.stopOneOf(actor)
  }

  /**
   * Has the actor told `Terminated`, once, when another has stopped: at once if it has stopped already. Nobody is told of the
   * actors of another object: to watch one is an error.
   */
  watch(this: ActorContext<M | Terminated>, actor: AnyRef): void {
    this.cell.watch(actor)
  }

  /** Has the actor told `message` instead of `Terminated`. */
  watchWith(actor: AnyRef, message: M): void {
    this.cell.watch(actor, message)
  }

  /** After this no `Terminated` of that actor comes, even if it was on its way. */
  unwatch(actor: AnyRef): void {
    this.cell.unwatch(actor)
  }

  /** All whom this actor watches, in no particular order. Who watches whom is kept, so this may be all that a room has to know. */
  get watched(): WatchedActors {
    return new WatchedActors(this.cell)
  }
}

/** A group that one message can be told to. */
export class WatchedActors {
  constructor(private readonly cell: ActorCell) {}

  get size(): number {
    return this.cell.watched.length
  }

  /** Tells everybody. Where they are the clients of a `FlowObject`, the message is encoded once, and nobody is woken for it. */
  tell(message: unknown): void {
    this.cell.tellWatched(message)
  }

  *[Symbol.iterator](): Iterator<AnyRef> {
    for (const path of this.cell.watched) yield this.cell.refTo(path)
  }
}
