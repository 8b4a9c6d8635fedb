import { describeValue } from "./author-value.ts"

const milliseconds = { millisecond: 1, second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 }
type Unit = keyof typeof milliseconds

/**
 * A length of time: a finite number of milliseconds, or words such as `"1 second"`, `"250 milliseconds"`, `"1.5 hours"`. Units are
 * milliseconds, seconds, minutes, hours and days.
 */
export type Duration = number | `${number} ${Unit | `${Unit}s`}`

const words = /^(\d+(?:\.\d+)?) (millisecond|second|minute|hour|day)s?$/

/**
 * Converts a duration to milliseconds. Throws a `RangeError` if it is not finite or less than `least` milliseconds (default 0).
 *
 * @param what the operator and its argument, for the error, such as `delay: duration`
 */
export function toMilliseconds(duration: Duration, least = 0, what?: string): number {
  const [, count, unit] = (typeof duration === "string" && words.exec(duration)) || []
  const length = typeof duration === "number" ? duration : Number(count) * milliseconds[unit as Unit]
  if (Number.isFinite(length) && length >= least) return length
  throw new RangeError(
    `${what ? `${what}: ` : ""}${describeValue(duration)} is not a duration of at least ${least} ms: ` +
      'write milliseconds as a number, or words such as "1 second"',
  )
}
