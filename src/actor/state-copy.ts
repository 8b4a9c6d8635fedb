import type { AnyRef } from "./actor-ref.ts"
import { decodeRefs, encodeRefs } from "./ref-encoding.ts"

/** A copy of an actor's state, to roll back to. */
export class StateCopy {
  private constructor(private readonly encoded: unknown) {}

  /** `undefined` for a state that cannot be stored. Such a state is rolled back when the event is saved. */
  static of(state: unknown): StateCopy | undefined {
    if (typeof state !== "object" || state === null) return new StateCopy(state)
    try {
      return new StateCopy(structuredClone(encodeRefs(state)))
    } catch {
      return undefined
    }
  }

  state(refTo: (path: string) => AnyRef): unknown {
    return decodeRefs(this.encoded, refTo)
  }
}
