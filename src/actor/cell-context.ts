import { assertStorable } from "../stream/storable.ts"
import type { ActorContext, ActorProps, WatchedActors } from "./actor.ts"
import type { ActorRef, AnyRef } from "./actor-ref.ts"
import type { ActorSystem } from "./actor-system.ts"
import type { Receiver } from "./letter.ts"
import { encodeRefs } from "./ref-encoding.ts"

/** What a context needs from the cell of its actor. */
interface Cell extends Receiver {
  readonly ref: ActorRef<unknown>
  readonly system: ActorSystem
  readonly sender: ActorRef<unknown>
  readonly children: Siblings
  now(): number
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
    return this.cell.sender
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
    return this.cell.system.watchedBy(this.cell.ref.path)
  }
}
