import { describeValue } from "./author-value.ts"
import type { Run, Snapshot } from "./engine/run.ts"

/**
 * Finds the part of a value that structured clone refuses, with its path, such as `state.items[3] is a function`. Returns
 * `undefined` if structured clone accepts the value.
 */
export function unstorablePart(value: unknown, path: string): string | undefined {
  try {
    structuredClone(value)
    return undefined
  } catch (refusal) {
    if (refusal instanceof RangeError) return `${path} is nested too deeply`
  }
  for (const [key, part] of partsOf(value)) {
    const found = unstorablePart(part, `${path}${key}`)
    if (found) return found
  }
  return `${path} is ${describeValue(value)}`
}

/** Throws a `TypeError` for a value that structured clone refuses. `what` is the subject of the message. */
export function assertStorable(value: unknown, what: string, path: string): void {
  // Most values are strings and numbers.
  if (typeof value !== "object" && typeof value !== "function" && typeof value !== "symbol") return
  const part = unstorablePart(value, path)
  if (part) throw new TypeError(`${what} must be what structured clone takes: ${part}`)
}

/** The error for the first step of a graph whose state cannot be saved or cloned; `undefined` if all states can. */
export function unstorableError(run: Run, graph: string): Error | undefined {
  let snapshot: Snapshot
  try {
    snapshot = run.save()
  } catch (error) {
    return error instanceof Error ? error : undefined
  }
  for (const [position, , , state] of snapshot) {
    const part = unstorablePart(state, "state")
    if (!part) continue
    const { step, stepNumber } = run.stages[position] ?? {}
    const what = step ? `"${step.name}", step ${stepNumber} of ${graph},` : `The state of ${graph}`
    return new TypeError(`${what} keeps a state that must be what structured clone takes: ${part}`)
  }
  return undefined
}

function partsOf(value: unknown): Iterable<readonly [key: string, part: unknown]> {
  if (Array.isArray(value)) return value.map((part, index) => [`[${index}]`, part] as const)
  if (value instanceof Map)
    return [...value].flatMap(([key, part]) => [[".key", key] as const, [`.get(${describeValue(key)})`, part] as const])
  if (value instanceof Set) return [...value].map((part) => [".member", part] as const)
  if (typeof value !== "object" || value === null) return []
  return Object.entries(value).map(([key, part]) => [`.${key}`, part] as const)
}
