import { type SavedActor, savedChildren } from "./saved-actor.ts"

interface Parent<Cell> {
  readonly name: string
  readonly children: Iterable<Cell>
}

/** An actor and all actors below it, parents first. */
export function withDescendants<Cell extends Parent<Cell>>(cell: Cell): Cell[] {
  return [cell, ...[...cell.children].flatMap((child) => withDescendants(child))]
}

/** An actor and all actors below it, parents first, each with its stored form. */
export function withStored<Cell extends Parent<Cell>>(
  cell: Cell,
  stored: SavedActor,
): [cell: Cell, stored: SavedActor][] {
  const storedChildren = savedChildren(stored)
  return [
    [cell, stored],
    ...[...cell.children].flatMap((child) => withStored(child, storedChildren.get(child.name) ?? {})),
  ]
}
