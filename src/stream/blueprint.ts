import { checkFunctions } from "./checks.ts"
import type { Stage } from "./engine/stage.ts"
import type { Wiring } from "./engine/wiring.ts"
import type { Flow } from "./flow.ts"
import type { Source } from "./source.ts"

/**
 * What a stage does about hibernation: it has no state, it keeps what it has (`save`, `restore`), or it holds something
 * live that cannot be kept and so pins the object in memory.
 */
export type Hibernates = "stateless" | "keeps" | "pinned"

/** One step of a blueprint. */
export interface Description {
  /** The operator's name, as the author wrote it. */
  readonly name: string
  readonly hibernates: Hibernates
  /** For a pinned step: what to use instead in a Durable Object. */
  readonly instead?: string
  /** Adds this step's stages below `last` and answers with the stage that the next step goes below. */
  build(wiring: Wiring, last: Stage | undefined): Stage | undefined
}

/** A blueprint is a list of steps, from the source to the sink. */
export type Chain = readonly Description[]

/** What an operator makes of a flow and of a source: the shape stays, the elements change. */
export interface Shapes<In, Out> {
  flow: Flow<In, Out>
  source: Source<Out>
}
export type Shape = keyof Shapes<unknown, unknown>

/** An immutable description of a stream with an output; nothing runs before it is compiled. */
export abstract class Blueprint<S extends Shape, In, Out> {
  declare protected readonly phantom: { in: (element: In) => void; out: Out }

  constructor(readonly chain: Chain) {}

  /** The flow that a branch starts with. */
  protected abstract identity(): Flow<never, unknown>

  /** A blueprint of the same shape with these steps. */
  protected abstract of<B>(chain: Chain): Shapes<In, B>[S]

  /** This blueprint with more steps below. */
  protected with<B>(...steps: Description[]): Shapes<In, B>[S] {
    return this.of([...this.chain, ...steps])
  }

  /** One more step of one stage; `functions` are those that the author has given, by the names of the arguments. */
  protected stage<B>(
    name: string,
    hibernates: Hibernates,
    make: () => Stage,
    functions: Readonly<Record<string, unknown>> = {},
  ): Shapes<In, B>[S] {
    checkFunctions(name, functions)
    return this.with(stage(name, hibernates, make))
  }
}

/** A step of one stage with one input and one output, either of which may be missing. */
export function stage(name: string, hibernates: Hibernates, make: () => Stage, instead?: string): Description {
  return { name, hibernates, instead, build: (wiring, last) => wiring.add(make(), last) }
}
