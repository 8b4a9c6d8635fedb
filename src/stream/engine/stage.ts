import { orUndefinedThrown } from "../errors.ts"
import type { Logger } from "../logger.ts"

/** The side of a stage that the stage below calls. */
export interface Upstream {
  /** Restores the demand after a `push` that returned `false`. Calling it twice is harmless. */
  resume(): void
  /** Stops the elements. A `cause` means that a stage below has failed, not ended. */
  cancel(cause?: unknown): void
  /** The channels and actors whose elements this stage passes on unchanged. A hibernating socket gets them without its flow. */
  readonly directSources?: readonly string[]
  /** The hub with a log among the `directSources`, of which this stage has all elements before the next one. */
  readonly directLog?: string | undefined
  /** The element of a hub's log that is being pushed. */
  readonly directElement?: { readonly hub: string; readonly number: number } | undefined
  /** Goes back to an element of a hub's log. Returns whether this stage reads that log. */
  rewind?(hub: string, number: number): boolean
}

/** The side of a stage that the stage above calls. */
export interface Downstream<T> {
  /** Hands over one element and returns the demand: `false` means "taken; send no more until I call `resume`". */
  push(element: T): boolean
  complete(): void
  fail(error: unknown): void
  /** See `Stage.hasInFlight`. */
  hasInFlight(): boolean
}

/** The part of a `Run` that its stages use. */
export interface RunContext {
  /** `true` until every stage has begun. Meanwhile demand is signalled and sides may close, but no element moves. */
  readonly starting: boolean
  /** See `Clock.deliveredUntil`. */
  readonly deliveredUntil: number
  /** See `Host.owner`. */
  readonly owner: object
  /** See `Host.within`. */
  readonly within: string | undefined
  /** See `Host.isAbandoned`. */
  readonly isAbandoned: boolean
  /** See `Host.log`. */
  readonly log: Logger
  /** Milliseconds since the epoch. */
  now(): number
  /** The position in the blueprint, from 0; `undefined` in a run that is nested in a stage. */
  positionOf(stage: Stage): number | undefined
  /** The next `save` may differ from the last one. */
  markDirty(): void
  /** A `due` time has changed. */
  reschedule(): void
  /** Runs `handler` as an event of its own. */
  event(handler: () => void): void
  /** Runs `effect`, which acts outside of the flow, when the state of the current event is saved; at once if no state is saved. */
  whenSaved(effect: () => void): void
  /** See `Host.onWorkRestarted`. */
  onWorkRestarted(): void
  /** See `Host.keepAwake`. */
  keepAwake(): (() => void) | undefined
}

const unconnected: Upstream & Downstream<unknown> = {
  resume() {},
  cancel() {},
  push: () => false,
  complete() {},
  fail() {},
  hasInFlight: () => false,
}

/**
 * One running stage of a flow, and the contract between neighbours. Read this file first.
 *
 * - An element is pushed only on demand: after a `resume`, or after a `push` that returned `true`.
 * - `complete`, `fail` and `cancel` close a side once; calls on a closed side are ignored. A stage overrides the `on…`
 *   methods and answers with `completeDown`, `failDown` and `cancelUp`.
 * - `save` returns the state that must outlive an event, `restore` takes it back. Demand, timers and closed sides are
 *   never part of that state: `ask` signals the demand again, and the run saves `due` and the closed sides of each stage.
 * - A stage that changes its state calls `markDirty`.
 */
export abstract class Stage<In = unknown, Out = unknown, State = unknown> implements Upstream, Downstream<In> {
  run!: RunContext
  /** The step of the blueprint that made this stage, for errors. */
  step: { readonly name: string } | undefined
  /** The number of that step, from 1. */
  stepNumber = 0
  up: Upstream = unconnected
  down: Downstream<Out> = unconnected
  inClosed = false
  outClosed = false
  /** The time to call `onTimer`, in milliseconds since the epoch; `Infinity` for none. */
  due = Infinity
  /** The only dirty flag of a stage. A stage with `none` has the state of a fresh one, and is not saved. */
  changes: "none" | "saved" | "unsaved" = "none"
  /** Whether the stage can compute its due time from an old snapshot and `deliveredUntil`; see `persistentPart`. */
  readonly isClockDerived: boolean = false

  abstract push(element: In): boolean

  resume(): void {
    this.up.resume()
  }

  complete(): void {
    if (this.inClosed) return
    this.inClosed = true
    this.markDirty()
    this.onComplete()
  }

  fail(error: unknown): void {
    if (this.inClosed) return
    this.inClosed = true
    this.markDirty()
    this.onFail(orUndefinedThrown(error))
  }

  cancel(cause?: unknown): void {
    if (this.outClosed) return
    this.outClosed = true
    this.markDirty()
    this.onCancel(cause)
    this.release()
  }

  /** Called at the first start only, before any demand or element; never on a restored stage. */
  onStart(): void {}
  /** The stage above has completed. */
  onComplete(): void {
    this.completeDown()
  }
  /** The stage above has failed. */
  onFail(error: unknown): void {
    this.failDown(error)
  }
  /** The stage below has cancelled. */
  onCancel(cause?: unknown): void {
    this.cancelUp(cause)
  }
  onTimer(): void {}
  /** Called at the end of each event, when no element is moving. */
  onSettled(): void {}
  /** Whether `onSettled` reads state that an author may change outside of the flow, such as a cell. */
  readonly dependsOnOutside: boolean = true
  /** The run is detached without an end. It continues later from the state that is saved after this. */
  onStop(): void {}
  /** Signals the demand to the stage above. Called once at the start and once after a restore, sinks first. */
  ask(): void {}
  /**
   * The other work of a stage at the start and after a restore, such as ending at once. Called sinks first. Elements
   * emitted here wait until every stage has begun.
   */
  begin(): void {}
  /** Emits and asks for elements. Called once when every stage has begun, sinks first. */
  advance(): void {}
  /** The state to keep, as a value that structured clone can copy; `undefined` for none. */
  save(): State | undefined {
    return undefined
  }
  /** Like `save`, for a stage with both sides closed. */
  saveClosed(): State | undefined {
    return undefined
  }
  /** Throws a `RestoreError` if the state cannot be restored. Called on all stages before any is restored. */
  checkSaved(_state: State): void {}
  restore(_state: State): void {}
  /** The part of a clock-derived stage's state that does not follow from the clock. */
  persistentPart(_state: State): unknown {
    return undefined
  }

  /**
   * Whether an element that came into this stage may still be in it or in a stage below. Stages below a junction with
   * another source count only when every input of the junction has ended.
   */
  hasInFlight(): boolean {
    return !this.outClosed || this.down.hasInFlight()
  }

  protected completeDown(): void {
    if (this.outClosed) return
    this.outClosed = true
    this.markDirty()
    this.release()
    this.down.complete()
  }

  protected failDown(error: unknown): void {
    if (this.outClosed) return
    this.outClosed = true
    this.markDirty()
    this.release()
    this.down.fail(error)
  }

  protected cancelUp(cause?: unknown): void {
    if (this.inClosed) return
    this.inClosed = true
    this.markDirty()
    this.release()
    this.up.cancel(cause)
  }

  /** Completes below and cancels above. Returns `false`, so that a `push` can return it. */
  protected finish(): false {
    this.completeDown()
    this.cancelUp()
    return false
  }

  /** Fails below and cancels above with the error. Returns `false`, so that a `push` can return it. */
  protected failStage(thrown: unknown): false {
    const error = orUndefinedThrown(thrown)
    this.cancelUp(error)
    this.failDown(error)
    return false
  }

  protected markDirty(): void {
    if (this.changes === "unsaved") return
    this.changes = "unsaved"
    this.run.markDirty()
  }

  /** Schedules `onTimer` at `due`, in place of the time set before; `Infinity` cancels it. */
  protected wakeAt(due: number): void {
    if (this.due === due) return
    this.due = due
    this.markDirty()
    this.run.reschedule()
  }

  /** Called by the run at the due time. */
  fireTimer(): void {
    this.due = Infinity
    this.markDirty()
    this.onTimer()
  }

  /** Cancels the timer of a stage with both sides closed. */
  private release(): void {
    if (this.inClosed && this.outClosed) this.wakeAt(Infinity)
  }
}

/** The place of a stage in its flow, for errors: `"mapConcat", step 2 of the flow`. */
export function placeOf({ step, stepNumber, run }: Stage): string {
  return `"${step?.name}", step ${stepNumber} of ${run.within ? `the source in ${run.within}` : "the flow"}`
}
