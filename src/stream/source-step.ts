import { checkFunctions } from "./checks.ts"
import type { Stage } from "./engine/stage.ts"
import { type Step, stageStep } from "./engine/wiring.ts"

/** The step of a source that keeps its state. `functions` are the author's functions, by argument name. */
export function sourceStep<T>(
  name: string,
  make: () => Stage<never, T>,
  functions: Readonly<Record<string, unknown>> = {},
): Step {
  checkFunctions(name, functions)
  return stageStep(name, "keeps", make)
}
