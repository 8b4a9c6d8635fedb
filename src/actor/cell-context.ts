import type { ActorContext, Props, WatchedActors } from "./actor.ts"
import type { ActorRef, AnyRef } from "./actor-ref.ts"

/** What a context shows of the cell of its actor. */
interface Cell {
  readonly ref: ActorRef<unknown>
  readonly sender: ActorRef<unknown>
  readonly children: Siblings
  /** The paths of the actors that it watches. */
  readonly watched: readonly string[]
  now(): number
  stopOneOf(actor: AnyRef): void
  watch(actor: AnyRef, message?: unknown): void
  unwatch(actor: AnyRef): void
  broadcast(paths: readonly string[], message: unknown): void
  refTo(path: string): ActorRef<unknown>
}

interface Siblings extends Iterable<{ readonly name: string; readonly ref: AnyRef }> {
  get(name: string): { readonly ref: AnyRef } | undefined
  spawn<M>(props: Props<M>, name?: string): ActorRef<M>
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

  actorOf<Child>(props: Props<Child>, name?: string): ActorRef<Child> {
    return this.cell.children.spawn(props, name)
  }

  get children(): ReadonlyMap<string, AnyRef> {
    return new Map([...this.cell.children].map(({ name, ref }) => [name, ref]))
  }

  child(name: string): AnyRef | undefined {
    return this.cell.children.get(name)?.ref
  }

  stop(actor: AnyRef): void {
    this.cell.stopOneOf(actor)
  }

  watch(actor: AnyRef): void {
    this.cell.watch(actor)
  }

  watchWith(actor: AnyRef, message: M): void {
    this.cell.watch(actor, message)
  }

  unwatch(actor: AnyRef): void {
    this.cell.unwatch(actor)
  }

  get watched(): WatchedActors {
    return new WatchedCells(this.cell)
  }
}

class WatchedCells implements WatchedActors {
  constructor(private readonly cell: Cell) {}

  get size(): number {
    return this.cell.watched.length
  }

  tell(message: unknown, { except = [] }: { except?: AnyRef | readonly AnyRef[] } = {}): void {
    const skipped = new Set(("path" in except ? [except] : except).map(({ path }) => path))
    this.cell.broadcast(
      this.cell.watched.filter((path) => !skipped.has(path)),
      message,
    )
  }

  *[Symbol.iterator](): Iterator<ActorRef<unknown>> {
    for (const path of this.cell.watched) yield this.cell.refTo(path)
  }
}
