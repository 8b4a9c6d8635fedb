import { requirePositiveInteger } from "../../stream/argument.ts"
import { Random } from "../random.ts"
import type { Script, ScriptStep } from "./script.ts"

/** An arbitrary of fast-check, such as `fc.string()`. */
export interface Arbitrary<T> {
  generate(random: never, biasFactor: number | undefined): { readonly value: T }
}

/** The options of a search for a script. */
export interface SearchOptions {
  /** The number of scripts that are tried. Default 300. */
  runs?: number
  /** The largest number of steps of a script. Default 20. */
  maxSteps?: number
  /** Repeats the search whose error has this seed. Default: with fast-check another seed each time, without it 1. */
  seed?: number
}

/** The steps that scripts are made of: some of each kind, the simplest first. */
export type Steps<Step> = readonly { readonly weight: number; readonly step: readonly Step[] | Arbitrary<Step> }[]

export interface Found<Step> {
  readonly script: Script<Step>
  readonly seed: number
}

type FastCheck = typeof import("fast-check")

/** The shortest script that was found for which `fails` returns true; `undefined` if it returns false for all that were tried. */
export async function search<Step>(
  all: Steps<Step>,
  fails: (script: Script<Step>) => Promise<boolean>,
  { runs = 300, maxSteps = 20, seed }: SearchOptions,
): Promise<Found<Step> | undefined> {
  // A search that tries nothing would find nothing.
  for (const [what, value] of Object.entries({ runs, maxSteps })) requirePositiveInteger(what, value)
  const steps = all.filter(({ step }) => !isList(step) || step.length > 0)
  if (steps.length === 0) throw new TypeError("Scripts have no steps: give an input or a duration to advance")
  const fc = await fastCheck()
  if (!fc) return searchFixed(fixedSteps(steps), fails, runs, maxSteps, seed ?? 1)
  const arbitraries = steps.map(({ weight, step }) => ({ weight, arbitrary: asArbitrary(fc, step) }))
  const scriptStep = fc.record<ScriptStep<Step>>({
    step: fc.oneof({ withCrossShrink: true }, ...arbitraries),
    sleeps: fc.boolean(),
  })
  const scripts = fc.array(scriptStep, { minLength: 1, maxLength: maxSteps, size: "max" })
  let failing: Script<Step> | undefined
  const holds = async (script: Script<Step>) => {
    const isFailing = await fails(script)
    if (isFailing) failing = script
    return !isFailing
  }
  const result = await fc.check(fc.asyncProperty(scripts, holds), {
    numRuns: runs,
    ...(seed === undefined ? {} : { seed }),
  })
  if (!result.failed) return undefined
  const [script] = result.counterexample ?? []
  // Rethrows an error of the author's functions, which is not caused by hibernation.
  if (!script || script !== failing) throw result.errorInstance ?? new Error("The flow did not run")
  const known = steps.flatMap(({ step }) => (isList(step) ? step : []))
  return { script: await shortest(script, known, fails), seed: result.seed }
}

/** Searches pseudorandom scripts, which are the same for the same seed. */
async function searchFixed<Step>(
  steps: readonly Step[],
  fails: (script: Script<Step>) => Promise<boolean>,
  runs: number,
  maxSteps: number,
  seed: number,
): Promise<Found<Step> | undefined> {
  const random = new Random(seed)
  for (let run = 0; run < runs; run++) {
    const length = 1 + random.below(Math.min(maxSteps, 2 + run))
    const script = Array.from({ length }, (): ScriptStep<Step> => {
      return { step: steps[random.below(steps.length)] as Step, sleeps: random.below(2) === 0 }
    })
    if (await fails(script)) return { script: await shortest(script, steps, fails), seed }
  }
  return undefined
}

/** Shrinks a failing script: removes and simplifies steps while the script still fails. */
async function shortest<Step>(
  script: Script<Step>,
  steps: readonly Step[],
  fails: (script: Script<Step>) => Promise<boolean>,
): Promise<Script<Step>> {
  for (const candidate of simpler(script, steps)) {
    if (await fails(candidate)) return shortest(candidate, steps, fails)
  }
  return script
}

function* simpler<Step>(script: Script<Step>, steps: readonly Step[]): Generator<Script<Step>> {
  for (const index of script.keys()) if (script.length > 1) yield script.toSpliced(index, 1)
  // Simplifies a step that occurs several times in all its places.
  for (const step of new Set(script.map(({ step }) => step))) {
    for (const earlier of steps.slice(0, Math.max(0, steps.indexOf(step)))) {
      yield script.map((one) => (one.step === step ? { ...one, step: earlier } : one))
    }
  }
  for (const [index, { step, sleeps }] of script.entries()) {
    if (sleeps) yield script.with(index, { step, sleeps: false })
    for (const earlier of steps.slice(0, Math.max(0, steps.indexOf(step))))
      yield script.with(index, { step: earlier, sleeps })
  }
}

async function fastCheck(): Promise<FastCheck | undefined> {
  try {
    return await import("fast-check")
  } catch {
    return undefined
  }
}

function asArbitrary<T>(fc: FastCheck, step: readonly T[] | Arbitrary<T>): import("fast-check").Arbitrary<T> {
  if (isList(step)) return fc.constantFrom(...step)
  if (step instanceof fc.Arbitrary) return step
  throw notArbitrary()
}

function fixedSteps<Step>(steps: Steps<Step>): Step[] {
  return steps.flatMap(({ step }) => {
    if (isList(step)) return step
    throw notArbitrary()
  })
}

function isList<T>(step: readonly T[] | Arbitrary<T>): step is readonly T[] {
  return Array.isArray(step)
}

function notArbitrary(): TypeError {
  return new TypeError(
    'The input is an arbitrary of fast-check, which is not installed or is there twice: install one "fast-check" next to sluice, or give the input as an array of values',
  )
}
