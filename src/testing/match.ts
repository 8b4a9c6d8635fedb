import { bytesOf } from "./show.ts"

/**
 * Whether two values have equal contents: objects of one class, arrays, bytes, maps, sets, dates, URLs, patterns and errors (by class and
 * message), at any depth. A promise, a Blob and the like equal only themselves, because their contents cannot be read.
 */
export function isEqual(actual: unknown, expected: unknown): boolean {
  return compare(actual, expected, (all, own) => all.length === own.length)
}

/** Like `isEqual`, but an actual object may have further properties. */
export function isMatch(actual: unknown, expected: unknown): boolean {
  return compare(actual, expected, () => true)
}

type KeysAgree = (actual: readonly string[], expected: readonly string[]) => boolean

function compare(actual: unknown, expected: unknown, keysAgree: KeysAgree): boolean {
  if (Object.is(actual, expected)) return true
  if (!isObject(actual) || !isObject(expected)) return false
  if (Object.getPrototypeOf(actual) !== Object.getPrototypeOf(expected)) return false
  const same = (a: unknown, b: unknown) => compare(a, b, keysAgree)
  if (actual instanceof Error) return actual.message === Reflect.get(expected, "message")
  if (actual instanceof Map || actual instanceof Set)
    return isPermutation([...actual], [...(expected as typeof actual)], same)
  if (isIterable(actual) && isIterable(expected)) {
    const [all, own] = [[...actual], [...expected]]
    return all.length === own.length && all.every((part, index) => same(part, own[index]))
  }
  const [all, own] = [Object.keys(actual), Object.keys(expected)]
  if (all.length + own.length === 0 && !isPlain(actual)) return same(contentOf(actual), contentOf(expected))
  return keysAgree(all, own) && own.every((key) => key in actual && same(actual[key], expected[key]))
}

/** The order of a map and of a set is no part of its contents. */
function isPermutation(all: unknown[], own: unknown[], same: (one: unknown, other: unknown) => boolean): boolean {
  const rest = [...all]
  for (const part of own) {
    const index = rest.findIndex((one) => same(one, part))
    if (index < 0) return false
    rest.splice(index, 1)
  }
  return rest.length === 0
}

/** The content of an object of a class that has no properties of its own. */
function contentOf(value: object): unknown {
  const bytes = bytesOf(value)
  if (bytes) return bytes
  if ("toJSON" in value && typeof value.toJSON === "function") return value.toJSON()
  // A promise and the like. A new symbol equals nothing.
  if (Symbol.toStringTag in value) return Symbol()
  const primitive = value.valueOf()
  return primitive === value ? String(value) : primitive
}

function isPlain(value: object): boolean {
  return [Object.prototype, null].includes(Object.getPrototypeOf(value))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value
}
