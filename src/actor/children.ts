import { assertStorable } from "../stream/storable.ts"
import type { Actor, ActorProps } from "./actor.ts"
import type { ActorRef } from "./actor-ref.ts"
import { encodeRefs } from "./ref-encoding.ts"

interface Child {
  readonly ref: ActorRef<unknown>
  readonly name: string
  /** Schedules the first turn, which starts the actor. */
  schedule(): void
}

/** The part of a parent's cell that its children use. */
interface Parent<Cell> {
  readonly ref: ActorRef<unknown>
  readonly props: ActorProps<unknown>
  readonly actor: Actor<unknown> | undefined
  newChild(props: ActorProps<unknown>, name: string): Cell
  treeChanged(): void
}

/** The children of an actor, by name. */
export class Children<Cell extends Child> implements Iterable<Cell> {
  /** How many children got a number for a name. */
  numbered = 0
  private readonly cells = new Map<string, Cell>()

  constructor(private readonly parent: Parent<Cell>) {}

  get size(): number {
    return this.cells.size
  }

  get(name: string): Cell | undefined {
    return this.cells.get(name)
  }

  delete(name: string): void {
    this.cells.delete(name)
  }

  [Symbol.iterator](): Iterator<Cell> {
    return this.cells.values()
  }

  spawn<M>(props: ActorProps<M>, name = `$${++this.numbered}`): ActorRef<M> {
    const { path } = this.parent.ref
    if (!/^[\w$.-]+$/.test(name)) throw new Error(`"${name}" cannot name an actor: use letters, digits and "-"`)
    if (this.cells.has(name)) throw new Error(`${path} has a child "${name}" already`)
    this.typeOf(props)
    assertStorable(encodeRefs(props.args), `The arguments of the child "${name}" of ${path}`, "args")
    const child = this.adopt(props as ActorProps<unknown>, name)
    child.schedule()
    this.parent.treeChanged()
    return child.ref
  }

  /** Adds a child without starting or restoring it. */
  adopt(props: ActorProps<unknown>, name: string): Cell {
    const child = this.parent.newChild(props, name)
    this.cells.set(name, child)
    return child
  }

  /** The stored name of a child's class. Throws an `Error` for a class that is not in the parent's `childTypes`. */
  typeOf({ type }: Pick<ActorProps<unknown>, "type">): string {
    const { actor, props } = this.parent
    const [name] = Object.entries(actor?.childTypes ?? {}).find(([, known]) => known === type) ?? []
    if (name !== undefined) return name
    throw new Error(
      `${type.name} is not among the childTypes of ${props.type.name}, so it could not be restored after hibernation: ` +
        `write "override childTypes = { ${type.name} }" in ${props.type.name}`,
    )
  }
}
