import type { Logger } from "../logger.ts"

/** The surroundings of a run: a target, a test, or the stage that holds a nested run. */
export interface Host {
  /** Milliseconds since the epoch. */
  now(): number
  /** The connection, shared graph or other object that a run belongs to; nested runs have the owner of the outer run. */
  readonly owner: object
  /** Whether the run is nested in a stage of another run. */
  readonly isNested?: boolean
  /** For a nested run: the place of the stage that holds it, for errors. */
  readonly within?: string
  /** See `Clock.deliveredUntil`. */
  deliveredUntil(): number
  /** Whether the connection of the run has closed, so that no client gets its elements. Default: `false`. */
  readonly isAbandoned?: boolean
  /**
   * Keeps the object of the run in memory until the returned function is called. Returns `undefined` where no object is evicted, as in a
   * plain Worker.
   */
  keepAwake?(): (() => void) | undefined
  /** A restored stage has called an asynchronous function of the author again, whose result was lost with the memory of the object. */
  onWorkRestarted?(): void
  /** Receives the log entries of the run. Default: the logger of `setLogger`. */
  readonly log?: Logger | undefined
  /** Calls `fire` at `due`, in place of the time set before; `Infinity` cancels it. */
  wake(due: number): void
  /** The next `save` may differ from the last one. */
  markDirty(): void
  /** Runs `handler` as an event of its own and settles the run afterwards. */
  event(handler: () => void): void
  /** See `RunContext.whenSaved`. */
  whenSaved(effect: () => void): void
}
