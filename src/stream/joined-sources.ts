import { requireOneOf } from "./argument.ts"
import type { SourceShape } from "./blueprint.ts"
import { anArray, aSource, checkArgument } from "./checks.ts"
import type { FanIn } from "./engine/fan-in-stage.ts"
import type { Step } from "./engine/wiring.ts"
import { Concat, Merge } from "./stages/joins.ts"
import { Zip } from "./stages/zip.ts"

/** How `Source.combine` joins its sources. */
export type CombineStrategy = "merge" | "concat"

export type Sources = readonly SourceShape<unknown>[]

type ElementOf<S> = S extends SourceShape<infer T> ? T : never

/** The elements of sources, one of each. */
export type ElementsOf<S extends Sources> = { -readonly [I in keyof S]: ElementOf<S[I]> }

/** The step of `Source.combine`. */
export function combineStep(sources: Sources, strategy: CombineStrategy = "merge"): Step {
  requireOneOf("combine: strategy", strategy, ["merge", "concat"])
  const make = () => (strategy === "merge" ? new Merge(sources.length, false) : new Concat([...sources.keys()]))
  return joinStep("combine", sources, make)
}

/** The step of `Source.zipN`. */
export function zipStep(sources: Sources): Step {
  return joinStep("zipN", sources, () => new Zip(sources.length))
}

/** Starts a stream with several sources that meet in a junction. */
function joinStep(name: string, sources: Sources, make: () => FanIn): Step {
  checkArgument(`${name}: sources`, sources, anArray)
  sources.forEach((source, index) => {
    checkArgument(`${name}: source ${index}`, source, aSource)
  })
  return {
    name,
    hibernates: "keeps",
    build: (wiring) =>
      wiring.join(
        make(),
        sources.map(({ chain }) => wiring.chain(chain, undefined)),
      ),
  }
}
