import { unstorablePart } from "../stream/storable.ts"
import type { AnyRef } from "./actor-ref.ts"
import { withStored } from "./descendants.ts"
import { encodeRefs } from "./ref-encoding.ts"
import type { SavedActor } from "./saved-actor.ts"

/** The part of an actor's cell that its state is in. */
interface Stateful {
  readonly isStateful: boolean
  readonly actor: { readonly state: unknown } | undefined
}

interface Cell<Child> extends Stateful {
  readonly ref: AnyRef
  readonly name: string
  readonly children: Iterable<Child>
}

/** An actor whose state cannot be stored, with its stored form. */
export interface Unstorable<Child> {
  readonly cell: Child
  readonly stored: SavedActor
  readonly error: Error
}

/** The actors of a tree whose state cannot be stored, parents first. */
export function unstorableCells<Child extends Cell<Child>>(root: Child, storedRoot: SavedActor): Unstorable<Child>[] {
  return withStored(root, storedRoot).flatMap(([cell, stored]) => {
    const part = unstorableState(cell)
    if (!part) return []
    const message = `The state of the actor ${cell.ref.path} must be what structured clone takes, and refs: ${part}`
    return [{ cell, stored, error: new TypeError(message) }]
  })
}

/** The part of an actor's state that structured clone refuses. */
export function unstorableState({ isStateful, actor }: Stateful): string | undefined {
  if (!isStateful) return undefined
  try {
    return unstorablePart(encodeRefs(actor?.state), "state")
  } catch (error) {
    return error instanceof RangeError ? "state is nested too deeply" : unstorablePart(actor?.state, "state")
  }
}
