import { describeValue } from "./author-value.ts"

/** Which whole numbers will do; by default all of them. */
interface Bounds {
  least?: number
  /** `Infinity` means that there is no bound. */
  orInfinity?: boolean
}

/**
 * A whole number that an author gives, checked where the flow is made: a wrong bound would often bound nothing.
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

/** How many elements an operator counts; less than 0 counts as 0. */
export function elementCount(what: string, count: number): number {
  return Math.max(0, requireInteger(what, count, { orInfinity: true }))
}

/** One of a few words that an author gives, checked where the flow is made. */
export function requireOneOf<Word extends string>(what: string, value: Word, words: readonly Word[]): Word {
  if (words.includes(value)) return value
  throw new RangeError(`${what} is ${describeValue(value)}: write ${words.map((word) => `"${word}"`).join(" or ")}`)
}

/** Checks a count or size that is at least 1. */
export function requirePositiveInteger(what: string, value: number): number {
  return requireInteger(what, value, { least: 1 })
}
