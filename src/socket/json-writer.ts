import { describeValue, isPromise } from "../stream/author-value.ts"

/** The JSON text of an element; a `TypeError` that names the path of a part that JSON refuses, or would lose without an error. */
export function writeJson(value: unknown): string {
  return checkJson(value, "json sends JSON values, and the flow emitted")
}

/**
 * The JSON text of a value; a `TypeError` that begins with `expectation` and names the path of a part that JSON would lose.
 *
 * @param awaiting how to wait for a promise
 */
export function checkJson(value: unknown, expectation: string, awaiting = "wait for it with mapAsync"): string {
  let text: string | undefined
  let cause: unknown
  try {
    text = JSON.stringify(value)
  } catch (error) {
    cause = error
  }
  if (text !== undefined && !hasLost(value)) return text
  // A value that JSON refused may contain itself.
  if (hasLost(value, 0, new Set())) throw lossOf(value, expectation, awaiting)
  const why = cause instanceof Error ? cause.message : "its toJSON returned nothing"
  throw new TypeError(`${expectation} ${describeValue(value)}: ${why}`, { cause })
}

/** The depth at which the search stops, before it overflows the stack. */
const deepest = 500

/**
 * Whether JSON would lose a part of a value. A property that is `undefined` is not lost: it is left out, and reads the same.
 *
 * @param seen the objects searched so far, for a value that may contain itself
 */
function hasLost(value: unknown, depth = 0, seen?: Set<object>): boolean {
  if (isScalar(value)) return false
  if (typeof value !== "object" || isOpaque(value)) return true
  if (depth === deepest || seen?.has(value)) return false
  seen?.add(value)
  if (Array.isArray(value)) {
    // No method, because methods skip holes, which JSON writes as null.
    for (const part of value) if (!isScalar(part) && hasLost(part, depth + 1, seen)) return true
    return false
  }
  const parts = value as { readonly [key: string]: unknown }
  for (const key in parts) {
    const part = parts[key]
    // Most parts are scalars, and the call takes longer than the check.
    if (isScalar(part) || part === undefined) continue
    // The `toJSON` of an object determines its text.
    if (hasLost(part, depth + 1, seen)) return !("toJSON" in parts)
  }
  return false
}

/** Infinity becomes null without an error: a client's 1e999 parses to Infinity and must not fail the flow. */
function isScalar(value: unknown): value is string | number | boolean | null {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" || value === null
}

/** Whether JSON writes nothing of an object: a Map, a promise, bytes. Instances of the author's classes are written by their fields. */
function isOpaque(value: object): boolean {
  // Most are plain. To read a property takes less time than a call for the prototype.
  if (value.constructor === Object || value.constructor === Array) return false
  if (Object.getPrototypeOf(value) === null || Array.isArray(value) || "toJSON" in value) return false
  return Object.prototype.toString.call(value) !== "[object Object]"
}

/** The error for the first part that JSON would lose. */
function lossOf(value: unknown, expectation: string, awaiting: string): TypeError {
  const path: string[] = []
  let lost = value
  while (typeof lost === "object" && lost !== null && !isOpaque(lost)) {
    const isList = Array.isArray(lost)
    const isWanted = ([, part]: [string, unknown]) => (isList || part !== undefined) && hasLost(part, 0, new Set())
    const found = Object.entries(lost).find(isWanted)
    if (!found) break
    path.push(found[0])
    lost = found[1]
  }
  const place = path.length === 0 ? "" : ` at ${path.join(".").slice(0, 100)}`
  return new TypeError(`${expectation} ${describeValue(lost)}${place}: ${isPromise(lost) ? awaiting : remedyFor(lost)}`)
}

function remedyFor(lost: unknown): string {
  if (typeof lost === "bigint") return "map it with String"
  if (lost instanceof Map) return "map it with Object.fromEntries"
  if (lost instanceof Set) return "map it with Array.from"
  if (ArrayBuffer.isView(lost) || lost instanceof ArrayBuffer) return "use binary, or map it with Array.from"
  return "send objects, lists, strings, numbers, booleans and null"
}
