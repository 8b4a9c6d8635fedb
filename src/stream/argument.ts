import { describeValue } from "./author-value.ts"

/** The allowed integers; by default all. */
interface Bounds {
  least?: number
  /** Allows `Infinity` too, for no bound. */
  orInfinity?: boolean
}

/**
 * Checks an author's integer when the flow is made, because a wrong bound would often mean no bound at all. Returns it, or
 * throws a `RangeError`.
 *
 * @param what the operator and its argument, such as `take: count`
 */
export function requireInteger(
  what: string,
  value: number,
  { least = -Infinity, orInfinity = false }: Bounds = {},
): number {
  if ((Number.isInteger(value) && value >= least) || (orInfinity && value === Infinity)) return value
  const atLeast = least > -Infinity ? ` of at least ${least}` : ""
  const infinity = orInfinity ? ", or Infinity for no bound" : ""
  throw new RangeError(`${what} is ${describeValue(value)}: write a whole number${atLeast}${infinity}`)
}

/** Checks a count of elements. A negative count means 0. */
export function elementCount(what: string, count: number): number {
  return Math.max(0, requireInteger(what, count, { orInfinity: true }))
}

/** Checks that an author's value is one of a few words, when the flow is made. */
export function requireOneOf<Word extends string>(what: string, value: Word, words: readonly Word[]): Word {
  if (words.includes(value)) return value
  throw new RangeError(`${what} is ${describeValue(value)}: write ${words.map((word) => `"${word}"`).join(" or ")}`)
}

/** Checks a count or size that is at least 1. */
export function requirePositiveInteger(what: string, value: number): number {
  return requireInteger(what, value, { least: 1 })
}
