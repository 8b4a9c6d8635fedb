import { TransparencyError } from "../errors.ts"
import { observe, type Trial } from "./script.ts"
import type { Found } from "./search.ts"

const advice = `Something is kept where it is lost: in a variable of a closure, a field, or a Map. Keep it in a stage (scan, statefulMap), in the
"state" of an actor, or in a cell. See docs/durable.md, "Three lifetimes".`

const random = `It also differs from run to run without any sleep, so it depends on something outside: Math.random, crypto.randomUUID, or state that
all instances share, as in a module. Give it that from outside, or see docs/testing.md, "State in a module".`

/** The error for a script in which hibernation can be observed. */
export async function report<Step>(trial: Trial<Step>, { script, seed }: Found<Step>): Promise<TransparencyError> {
  const asleep = await observe(trial, script, true)
  const awake = await observe(trial, script, false)
  const again = await observe(trial, script, false)
  const lines = script.flatMap(({ step, sleeps }, index) => {
    const line = `${trial.describe(step)}${outcome(awake[index] ?? [], asleep[index] ?? [])}`
    return sleeps ? [line, "(it sleeps)"] : [line]
  })
  // A difference that does not come again is not caused by hibernation.
  const isRandom = String(awake) !== String(again) || String(awake.flat()) === String(asleep.flat())
  const text = [`${trial.title} The shortest script that shows it:`, "", ...lines.map((line) => `  ${line}`), ""]
  return new TransparencyError([...text, isRandom ? random : advice, `Seed: ${seed}`].join("\n"), lines)
}

function outcome(awake: readonly string[], asleep: readonly string[]): string {
  const [one, other] = [awake.join(", ") || "nothing", asleep.join(", ") || "nothing"]
  if (one !== other) return ` → awake ${one}; after the sleep ${other}`
  return one === "nothing" ? "" : ` → ${one}`
}
