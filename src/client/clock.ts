/** The clock of a client. `systemClock` of `sluice` is one, too. */
export interface ClientClock {
  now(): number
  /** Calls `fire` once, at `due`. The returned function cancels that. */
  at(due: number, fire: () => void): () => void
}

/** The clock of the runtime. */
export const runtimeClock: ClientClock = {
  now: () => Date.now(),
  at(due, fire) {
    // Node warns of a negative delay, and one over 31 bits would be over at once.
    const timer = setTimeout(fire, Math.min(Math.max(0, due - Date.now()), 2e9))
    return () => clearTimeout(timer)
  },
}
