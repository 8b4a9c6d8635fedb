import { checkFunctions } from "./checks.ts"
import type { Stage } from "./engine/stage.ts"
import { type Chain, type Hibernates, type Step, stageStep } from "./engine/wiring.ts"

/**
 * A function from element types to blueprint types: given `in` and `out`, `type` is the blueprint with these elements and
 * `flow` the flow with these elements, and `tail` a source of them that runs once. `Flow` and `Source` each declare one, so that
 * the operators they inherit can return them without importing them.
 */
export interface BlueprintKind {
  readonly in: unknown
  readonly out: unknown
  readonly type: unknown
  readonly flow: unknown
  readonly tail: unknown
}

/** The blueprint of a kind with these element types. */
export type Apply<K extends BlueprintKind, In, Out> = (K & { readonly in: In; readonly out: Out })["type"]

/** The flow with these element types. */
export type FlowOf<K extends BlueprintKind, In, Out> = (K & { readonly in: In; readonly out: Out })["flow"]

/** The source of the rest of a stream, after its first elements. */
export type TailOf<K extends BlueprintKind, Out> = (K & { readonly in: never; readonly out: Out })["tail"]

/** Marks the element types of a blueprint. A type only: no object has this property. */
declare const elements: unique symbol

interface Elements<in In, out Out> {
  in: (element: In) => void
  out: Out
}

/** A source, as a parameter of operators. */
export interface SourceShape<out Out> {
  readonly chain: Chain
  readonly [Symbol.toStringTag]: "Source"
  readonly [elements]: Elements<never, Out>
}

/** A flow, as a parameter of operators. */
export interface FlowShape<in In, out Out> {
  readonly chain: Chain
  readonly [Symbol.toStringTag]: "Flow"
  readonly [elements]: Elements<In, Out>
}

/**
 * An immutable description of a stream with an output. Nothing runs before it is materialized.
 *
 * The operators are methods of abstract classes in `operators/`, one for each family, because the documentation that an
 * editor shows belongs on a method. The classes extend one another only because a class has one parent. Their order has no
 * meaning: no family uses the operators of another, and any other order would do.
 */
export abstract class Blueprint<K extends BlueprintKind, In, Out> {
  declare readonly [elements]: Elements<In, Out>

  constructor(readonly chain: Chain) {}

  /** The empty flow, with which a branch starts. */
  protected abstract identity<T>(): FlowOf<K, T, T>

  /** The source with these steps, which begin with the rest of this stream. */
  protected abstract rest<T>(chain: Chain): TailOf<K, T>

  /** A blueprint of the same kind with these steps. */
  protected abstract of<B>(chain: Chain): Apply<K, In, B>

  /** This blueprint with more steps below. */
  protected with<B>(...steps: Step[]): Apply<K, In, B> {
    return this.of([...this.chain, ...steps])
  }

  /** This blueprint with a step of one stage below. `functions` are the author's functions, by argument name. */
  protected stage<B>(
    name: string,
    hibernates: Hibernates,
    make: () => Stage,
    functions: Readonly<Record<string, unknown>> = {},
  ): Apply<K, In, B> {
    checkFunctions(name, functions)
    return this.with(stageStep(name, hibernates, make))
  }
}
