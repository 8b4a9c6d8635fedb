/** The source of time for flows, in milliseconds since the epoch. Stages call neither `setTimeout` nor `Date.now`. */
export interface Clock {
  now(): number
  /** Calls `fire` once, at `due` or as soon after it as possible. The returned function cancels the call. */
  at(due: number, fire: () => void): () => void
  /** For a clock that outlives the runs on it: every timer due before this time has been delivered. Default: `Infinity`. */
  readonly deliveredUntil?: number
}

/** The longest delay of `setTimeout`, in milliseconds. A timer that is due later is set again. */
const longestTimeout = 2 ** 31 - 1

/** The runtime's own timers: the clock of a plain Worker, of Node and of browsers. */
export const systemClock: Clock = {
  now: () => Date.now(),
  at(due, fire) {
    const timer = setTimeout(fire, Math.min(Math.max(0, due - Date.now()), longestTimeout))
    return () => clearTimeout(timer)
  },
}
