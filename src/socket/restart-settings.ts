import { requireInteger } from "../stream/argument.ts"
import { wrongValue } from "../stream/author-value.ts"
import { type Duration, toMilliseconds } from "../stream/duration.ts"

/** When to start again what has ended: Pekko's `RestartSettings`. */
export interface RestartSettings {
  /** How long to wait before the first restart. Twice as long before each further one. */
  minBackoff: Duration
  /** The longest wait, without its random part. */
  maxBackoff: Duration
  /** Each wait is longer by a random part of up to this factor, so that clients do not come back all at once. Default 0.2. */
  randomFactor?: number
  /** How many restarts within `maxRestartsWithin` there may be. Default: no bound. */
  maxRestarts?: number
  /** After this time without an end the restarts are counted from 0, and the waits begin anew. Default: `minBackoff`. */
  maxRestartsWithin?: Duration
}

/** Counts restarts, and says how long to wait before each. */
export class Restarts {
  count = 0
  private startedAt = -Infinity
  private readonly minBackoff: number
  private readonly maxBackoff: number
  private readonly randomFactor: number
  private readonly maxRestarts: number
  private readonly within: number

  /**
   * A `RangeError` for settings out of bounds.
   *
   * @param what the name of the option, for errors
   */
  constructor(what: string, settings: RestartSettings) {
    if (typeof settings !== "object" || settings === null) {
      throw wrongValue(`${what} is`, settings, 'write { minBackoff: "1 second", maxBackoff: "30 seconds" }')
    }
    const {
      minBackoff,
      maxBackoff,
      randomFactor = 0.2,
      maxRestarts = Infinity,
      maxRestartsWithin = minBackoff,
    } = settings
    this.minBackoff = toMilliseconds(minBackoff, 1, `${what}.minBackoff`)
    this.maxBackoff = toMilliseconds(maxBackoff, this.minBackoff, `${what}.maxBackoff`)
    if (!(randomFactor >= 0))
      throw new RangeError(`${what}.randomFactor is ${randomFactor}: write a number of at least 0`)
    this.randomFactor = randomFactor
    this.maxRestarts = requireInteger(`${what}.maxRestarts`, maxRestarts, { least: 0, orInfinity: true })
    this.within = toMilliseconds(maxRestartsWithin, 0, `${what}.maxRestartsWithin`)
  }

  started(now: number): void {
    this.startedAt = now
  }

  /** How long to wait before the next restart, in milliseconds; `undefined` for no further restart. */
  next(now: number): number | undefined {
    if (now > this.startedAt + this.within) this.count = 0
    if (this.count >= this.maxRestarts) return undefined
    const wait = Math.min(this.maxBackoff, this.minBackoff * 2 ** this.count++)
    return wait * (1 + Math.random() * this.randomFactor)
  }
}
