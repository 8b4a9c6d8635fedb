import { copyOfPlain } from "../stream/plain-copy.ts"
import type { Actor } from "./actor.ts"
import type { ActorRef } from "./actor-ref.ts"
import type { Behaviors } from "./behaviors.ts"
import { decodeRefs, encodeRefs } from "./ref-encoding.ts"
import type { SavedLetter, Stash } from "./stash.ts"

interface Stateful {
  readonly actor: Actor<unknown> | undefined
  readonly behaviors: Behaviors
  readonly stashed: Stash
  readonly system: { ref(path: string): ActorRef<unknown> }
}

/** A copy of an actor's state, behaviors and stash, to roll back to. */
export class StateCopy {
  private constructor(
    private readonly state: unknown,
    private readonly behaviors: readonly string[],
    private readonly stash: readonly SavedLetter[],
  ) {}

  /** `undefined` for a state that cannot be stored. Such a state is rolled back when the event is saved. */
  static of({ actor, behaviors, stashed }: Stateful): StateCopy | undefined {
    try {
      return new StateCopy(copyOf(actor?.state), behaviors.save(), stashed.save())
    } catch {
      return undefined
    }
  }

  restoreTo({ actor, behaviors, stashed, system }: Stateful): void {
    if (!actor) return
    actor.state = decodeRefs(this.state, (path) => system.ref(path))
    behaviors.restore(actor, this.behaviors)
    stashed.restore(this.stash)
  }
}

function copyOf(state: unknown): unknown {
  return typeof state !== "object" || state === null ? state : structuredClone(encodeRefs(state))
}

/** A new instance. Its state is a copy, because it may be changed in place and be a constant that all actors of the class share. */
export function newInstance(props: { make(): Actor<unknown> }): Actor<unknown> {
  const actor = props.make()
  actor.state = copyOfPlain(actor.state)
  return actor
}

/** The state of a new instance; `undefined` if its constructor fails, as it will for the next instance. */
export function initialState(props: { make(): Actor<unknown> }): unknown {
  try {
    return newInstance(props).state
  } catch {
    return undefined
  }
}
