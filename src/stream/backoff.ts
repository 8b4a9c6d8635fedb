import { requireInteger } from "./argument.ts"
import { checkNames, describeValue, wrongValue } from "./author-value.ts"
import { checkFunctions } from "./checks.ts"
import { type Duration, toMilliseconds } from "./duration.ts"

/** When a `RestartSource`, a `RestartFlow` or a `webSocketClientFlow` with `backoff` restarts. */
export interface RestartSettings {
  /** The wait before the first restart, at least 1 ms. Each further wait is twice as long. */
  minBackoff: Duration
  /** The longest wait, without the random part. At least `minBackoff`. */
  maxBackoff: Duration
  /** The largest random part of a wait, from 0 to 1. It spreads the restarts of many streams. Default 0.2, which adds up to 20 %. */
  randomFactor?: number
  /**
   * The largest number of restarts in a row, an integer of at least 0 or `Infinity`. After them the stream ends when its source or
   * flow ends. Default `Infinity`.
   */
  maxRestarts?: number
  /**
   * Restarts are counted anew after a run, or a connection of a `webSocketClientFlow`, that was longer than this, at least 0 ms. Default:
   * `minBackoff`.
   */
  maxRestartsWithin?: Duration
  /** Whether a failure leads to a restart. If it returns false, the stream fails at once. Default: every failure does. */
  restartOn?: (error: unknown) => boolean
}

/** The settings as a backoff needs them, in milliseconds. */
type Settings = Required<Record<Exclude<keyof RestartSettings, "restartOn">, number>> &
  Required<Pick<RestartSettings, "restartOn">>

/** Counts restarts and computes their delays. */
export class Backoff {
  /** Restarts in a row. */
  restarts = 0
  /** The time from which restarts are counted anew. */
  resetAt = Infinity

  constructor(private readonly settings: Settings) {}

  onStart(now: number): void {
    this.resetAt = now + this.settings.maxRestartsWithin
  }

  /** The result of the author's `restartOn`. */
  restartsOn(error: unknown): unknown {
    return this.settings.restartOn(error)
  }

  /** Counts a restart. Returns its delay in milliseconds; `undefined` if there were `maxRestarts`. */
  next(now: number): number | undefined {
    const { minBackoff, maxBackoff, randomFactor, maxRestarts } = this.settings
    if (now > this.resetAt) this.restarts = 0
    if (this.restarts >= maxRestarts) return undefined
    const delay = Math.min(maxBackoff, minBackoff * 2 ** this.restarts++)
    return delay * (1 + Math.random() * randomFactor)
  }
}

/** Checks the settings of the author when the blueprint is made. Returns a function that makes the backoff of a run. */
export function backoffOf(name: string, settings: RestartSettings): () => Backoff {
  if (typeof settings !== "object" || settings === null) {
    throw wrongValue(
      `${name}: the settings are`,
      settings,
      'write { minBackoff: "1 second", maxBackoff: "30 seconds" }',
    )
  }
  const { randomFactor = 0.2, maxRestarts = Infinity, restartOn = () => true } = settings
  const minBackoff = toMilliseconds(settings.minBackoff, 1, `${name}: minBackoff`)
  const maxBackoff = toMilliseconds(settings.maxBackoff, minBackoff, `${name}: maxBackoff`)
  const within = settings.maxRestartsWithin ?? minBackoff
  const maxRestartsWithin = toMilliseconds(within, 0, `${name}: maxRestartsWithin`)
  requireInteger(`${name}: maxRestarts`, maxRestarts, { least: 0, orInfinity: true })
  if (!Number.isFinite(randomFactor) || randomFactor < 0 || randomFactor > 1) {
    throw new RangeError(`${name}: randomFactor is ${describeValue(randomFactor)}: write a number from 0 to 1`)
  }
  checkFunctions(name, { restartOn })
  const known = { minBackoff, maxBackoff, randomFactor, maxRestarts, maxRestartsWithin, restartOn }
  checkNames(`option of ${name}`, settings, known)
  return () => new Backoff(known)
}
