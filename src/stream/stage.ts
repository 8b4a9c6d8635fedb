import { orUndefinedThrown } from "./errors.ts"
import type { Run } from "./run.ts"

/** What a stage tells the one above it. */
export interface Upstream {
  /** Send again: the demand that an earlier `push` took back is there once more. Asking twice is harmless. */
  resume(): void
  /** Send nothing more. A cause means that something below failed rather than ended. */
  cancel(cause?: unknown): void
  /** The channel or the actor whose elements this stage passes on unchanged. A hibernating socket gets them without its flow. */
  readonly directSource?: string
}

/** What a stage tells the one below it. */
export interface Downstream<T> {
  /** Hands over one element. The answer is the demand: `false` means "taken, send no more until I call `resume`". */
  push(element: T): boolean
  complete(): void
  fail(error: unknown): void
}

const nowhere: Upstream & Downstream<unknown> = {
  resume() {},
  cancel() {},
  push: () => false,
  complete() {},
  fail() {},
}

/**
 * One running stage of a flow: the contract between neighbours. Read this file first.
 *
 * - An element is pushed only where there is demand: after a `resume`, or after a `push` that returned `true`.
 * - `complete`, `fail` and `cancel` close a side once; whatever arrives at a closed side afterwards is ignored. A stage
 *   overrides the `on…` methods and answers with `completeDown`, `failDown` and `cancelUp`.
 * - State that must outlive an event is handed over by `save` and taken back by `restore`. Three things are never in it,
 *   because they follow from it: demand (`ask` tells it anew), timers (`due` is saved for every stage) and which sides
 *   are closed (likewise).
 * - A stage that changes its state calls `changed`.
 */
export abstract class Stage<In = unknown, Out = unknown, State = unknown> implements Upstream, Downstream<In> {
  run!: Run
  /** The step of the blueprint that it belongs to, and the number of that step, from 1 on; for errors. */
  step: { readonly name: string } | undefined
  stepNumber = 0
  up: Upstream = nowhere
  down: Downstream<Out> = nowhere
  inClosed = false
  outClosed = false
  /** When `onTimer` is to be called, in milliseconds of the clock; `Infinity` for never. */
  due = Infinity
  /** Whether there is anything to save. */
  touched = false
  /** Whether it has changed since the run was saved last. */
  unsaved = false
  /** Whether it can tell from an old snapshot and `Run.deliveredUntil` when it is due; see `lasting`. */
  readonly isTimed: boolean = false

  abstract push(element: In): boolean

  resume(): void {
    this.up.resume()
  }

  complete(): void {
    if (this.inClosed) return
    this.inClosed = true
    this.changed()
    this.onComplete()
  }

  fail(error: unknown): void {
    if (this.inClosed) return
    this.inClosed = true
    this.changed()
    this.onFail(orUndefinedThrown(error))
  }

  cancel(cause?: unknown): void {
    if (this.outClosed) return
    this.outClosed = true
    this.changed()
    this.onCancel(cause)
    this.release()
  }

  /** The first time only, before any demand or element; never on a restored stage. */
  onStart(): void {}
  /** The stage above has no more elements. */
  onComplete(): void {
    this.completeDown()
  }
  onFail(error: unknown): void {
    this.failDown(error)
  }
  /** The stage below takes no more elements. */
  onCancel(cause?: unknown): void {
    this.cancelUp(cause)
  }
  onTimer(): void {}
  /** The event is over and everything has come to rest. */
  onSettled(): void {}
  /** Tells the stage above whether there is demand; called once at the start and once after a restore, sinks first. */
  ask(): void {}
  /**
   * What a stage does at the start and after a restore besides asking, such as to end at once; sinks first. No element
   * moves before every stage has begun: one that is emitted here waits for that.
   */
  begin(): void {}
  /** Emits what can be emitted and asks for what is wanted. Called once when every stage has begun, sinks first. */
  advance(): void {}
  /** A value that structured clone keeps whole. */
  save(): State | undefined {
    return undefined
  }
  /** Throws a `RestoreError` where what was saved cannot be restored. Every stage is asked before any is restored. */
  checkSaved(_state: State): void {}
  restore(_state: State): void {}
  /** Of a timed stage's state, what does not follow from the clock. */
  lasting(_state: State): unknown {
    return undefined
  }

  protected completeDown(): void {
    if (this.outClosed) return
    this.outClosed = true
    this.changed()
    this.release()
    this.down.complete()
  }

  protected failDown(error: unknown): void {
    if (this.outClosed) return
    this.outClosed = true
    this.changed()
    this.release()
    this.down.fail(error)
  }

  protected cancelUp(cause?: unknown): void {
    if (this.inClosed) return
    this.inClosed = true
    this.changed()
    this.release()
    this.up.cancel(cause)
  }

  /** Ends well in both directions: completes below, cancels above. */
  protected finish(): false {
    this.completeDown()
    this.cancelUp()
    return false
  }

  /** Ends badly in both directions; `false`, so that a `push` can return it. */
  protected failStage(thrown: unknown): false {
    const error = orUndefinedThrown(thrown)
    this.cancelUp(error)
    this.failDown(error)
    return false
  }

  protected changed(): void {
    if (this.unsaved) return
    this.unsaved = true
    this.touched = true
    this.run.changed()
  }

  /** Asks for `onTimer` at `due`; a later call moves it, `Infinity` takes it back. */
  protected wakeAt(due: number): void {
    if (this.due === due) return
    this.due = due
    this.changed()
    this.run.reschedule()
  }

  /** Its time has come; called by the run. */
  timer(): void {
    this.due = Infinity
    this.changed()
    this.onTimer()
  }

  /** A stage that is over keeps no timer. */
  private release(): void {
    if (this.inClosed && this.outClosed) this.wakeAt(Infinity)
  }
}
