import { checkNames } from "../stream/author-value.ts"
import { type Duration, toMilliseconds } from "../stream/duration.ts"
import { assertStorable } from "../stream/storable.ts"
import type { Actor, ActorContext, ActorProps } from "./actor.ts"
import type { ActorRef, AnyRef } from "./actor-ref.ts"
import type { ActorSystem } from "./actor-system.ts"
import type { Behaviors } from "./behaviors.ts"
import type { EventStream } from "./event-stream.ts"
import type { Letter, Receiver } from "./letter.ts"
import { encodeRefs } from "./ref-encoding.ts"
import type { Stash } from "./stash.ts"
import type { WatchedActors } from "./watched-actors.ts"

/** The part of a cell that the context of its actor uses. */
interface Cell extends Receiver {
  readonly ref: ActorRef<unknown>
  readonly system: ActorSystem
  readonly children: Siblings
  now(): number
  readonly actor: Actor<unknown> | undefined
  /** The letter that is being handled. */
  readonly current: Letter | undefined
  readonly behaviors: Behaviors
  readonly stashed: Stash
  unstashAll(): void
  treeChanged(): void
  readonly receiveTimer: { set(timeout: number): void; cancel(): void }
  /** Stops the actor after the message that it is handling. */
  stop(): void
  /** Removes a watch, and the notice about it that waits in the mailbox. */
  unwatch(path: string): void
}

interface Siblings extends Iterable<{ readonly name: string; readonly ref: AnyRef }> {
  get(name: string): { readonly ref: AnyRef; stop(): void } | undefined
  spawn<M>(props: ActorProps<M>, name?: string): ActorRef<M>
}

/** The context of an actor, over its cell. */
export class CellContext<M> implements ActorContext<M> {
  constructor(private readonly cell: Cell) {}

  get self(): ActorRef<M> {
    return this.cell.ref
  }

  get sender(): ActorRef<unknown> {
    const { current, system } = this.cell
    // For a message that is no question, a path without an actor.
    return current?.sender ?? system.ref("/no-sender")
  }

  now(): number {
    return this.cell.now()
  }

  actorOf<Child>(props: ActorProps<Child>, name?: string): ActorRef<Child> {
    return this.cell.children.spawn(props, name)
  }

  get children(): ReadonlyMap<string, AnyRef> {
    return new Map([...this.cell.children].map(({ name, ref }) => [name, ref]))
  }

  child(name: string): AnyRef | undefined {
    return this.cell.children.get(name)?.ref
  }

  stop({ path }: AnyRef): void {
    const own = this.cell.ref.path
    const name = path.slice(path.lastIndexOf("/") + 1)
    if (path === own) this.cell.stop()
    else if (path === `${own}/${name}`) this.cell.children.get(name)?.stop()
    else throw new Error(`${own} cannot stop ${path}, which is no child of it: tell it PoisonPill`)
  }

  watch(actor: AnyRef): void {
    this.addWatch(actor, undefined)
  }

  watchWith(actor: AnyRef, message: M): void {
    this.addWatch(actor, message)
  }

  unwatch(actor: AnyRef): void {
    this.cell.unwatch(actor.path)
  }

  become(behavior: string, options: { discardOld?: boolean } = {}): void {
    const { discardOld = true } = options
    checkNames("become option", options, { discardOld })
    const { actor, behaviors } = this.cell
    if (actor) behaviors.become(actor, behavior, discardOld)
    this.cell.treeChanged()
  }

  unbecome(): void {
    this.cell.behaviors.unbecome()
    this.cell.treeChanged()
  }

  stash(): void {
    const { current, stashed, ref } = this.cell
    if (!current) throw new Error(`${ref.path} handles no message: call stash() in receive or in a behavior`)
    stashed.add(current)
    this.cell.treeChanged()
  }

  unstashAll(): void {
    this.cell.unstashAll()
  }

  setReceiveTimeout(timeout: Duration): void {
    this.cell.receiveTimer.set(toMilliseconds(timeout, 1))
  }

  cancelReceiveTimeout(): void {
    this.cell.receiveTimer.cancel()
  }

  get eventStream(): EventStream<M> {
    const { system, ref, scope } = this.cell
    const { subscribers } = system
    return {
      subscribe: () => {
        if (scope?.path) throw new Error(`${ref.path} belongs to a connection: let an actor of the object subscribe`)
        subscribers.add(ref.path)
        this.cell.treeChanged()
      },
      unsubscribe: () => {
        if (subscribers.delete(ref.path)) this.cell.treeChanged()
      },
    }
  }

  get watched(): WatchedActors {
    return new WatchedCells(this.cell)
  }

  private addWatch(actor: AnyRef, message: unknown): void {
    const own = this.cell.ref.path
    if (actor.path.startsWith("//")) throw new Error(`${own} cannot watch ${actor.path} in another object`)
    assertStorable(encodeRefs(message), `The message with which ${own} watches ${actor.path}`, "message")
    if (actor.path !== own) this.cell.system.watch(actor, this.cell, message)
  }
}

class WatchedCells implements WatchedActors {
  constructor(private readonly cell: Cell) {}

  get size(): number {
    return this.paths().length
  }

  tell(message: unknown, { except = [] }: { except?: AnyRef | readonly AnyRef[] } = {}): void {
    const skipped = new Set(("path" in except ? [except] : except).map(({ path }) => path))
    const paths = this.paths().filter((path) => !skipped.has(path))
    this.cell.system.broadcast(paths, message)
  }

  *[Symbol.iterator](): Iterator<ActorRef<unknown>> {
    for (const path of this.paths()) yield this.cell.system.ref(path)
  }

  private paths(): string[] {
    return this.cell.system.watchesBy(this.cell.ref.path).map(({ watched }) => watched)
  }
}
