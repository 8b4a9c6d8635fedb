import { type FanIn, Inlet } from "../engine/fan-in-stage.ts"
import { assertDurable, fingerprint } from "../engine/fingerprint.ts"
import type { Host } from "../engine/host.ts"
import { Run, type Snapshot } from "../engine/run.ts"
import { placeOf } from "../engine/stage.ts"
import { type Chain, Wiring } from "../engine/wiring.ts"
import { NoSuchElementError, RestoreError } from "../errors.ts"
import type { Logger } from "../logger.ts"
import type { SubInput } from "./sub-input.ts"

/** The stage that holds a sub-source. */
export interface SubSourceHolder extends FanIn {
  onSubSourceDue(): void
  onSubSourceDirty(): void
}

/** The argument of the author's function, the fingerprint of the source that it returned, and the snapshot of that source. */
export type SavedSubSource = [cause: unknown, shape: string, snapshot: Snapshot]

/** Asks while its source starts, because a source may have an element only at that moment, such as the first tick. */
class SubInlet extends Inlet {
  override ask(): void {
    this.resume()
  }

  /** A failed sink of the source fails the source, except a sink that got no element. */
  onSinkFailure(error: unknown): void {
    if (this.inClosed || error instanceof NoSuchElementError) return
    this.cancelUp(error)
    this.junction.onInletFailure(error, this)
  }
}

/**
 * The running stages of a source that was made while its flow was running, inside the stage that takes its elements. With an
 * `input` they are the stages of a flow, which the holder also feeds.
 */
export class SubSource implements Host {
  readonly isNested = true
  due = Infinity
  readonly inlet: Inlet
  readonly run: Run
  private readonly wiring: Wiring
  private cachedShape: string | undefined

  constructor(
    chain: Chain,
    private readonly holder: SubSourceHolder,
    /** The argument of the author's function, which gets it again after a restore. */
    readonly cause: unknown,
    readonly input?: SubInput,
  ) {
    const inlet = new SubInlet(holder, 0)
    this.inlet = inlet
    this.wiring = new Wiring({ resolve() {}, reject: (error) => inlet.onSinkFailure(error) })
    this.wiring.add(inlet, this.wiring.chain(chain, input && this.wiring.add(input, undefined)))
    this.run = new Run(this.wiring.stages, this)
  }

  get owner(): object {
    return this.holder.run.owner
  }

  get within(): string {
    return placeOf(this.holder)
  }

  get isAbandoned(): boolean {
    return this.holder.run.isAbandoned
  }

  get log(): Logger {
    return this.holder.run.log
  }

  onWorkRestarted(): void {
    this.holder.run.onWorkRestarted()
  }

  keepAwake(): (() => void) | undefined {
    return this.holder.run.keepAwake()
  }

  now(): number {
    return this.holder.run.now()
  }

  deliveredUntil(): number {
    return this.holder.run.deliveredUntil
  }

  wake(due: number): void {
    this.due = due
    this.holder.onSubSourceDue()
  }

  markDirty(): void {
    this.holder.onSubSourceDirty()
  }

  event(handler: () => void): void {
    this.holder.run.event(handler)
  }

  whenSaved(effect: () => void): void {
    this.holder.run.whenSaved(effect)
  }

  fire(): void {
    this.due = Infinity
    this.run.fire()
  }

  save(): SavedSubSource {
    return [this.cause, this.shape, this.run.save()]
  }

  /** Throws a `RestoreError` for the snapshot of a source with other steps. */
  check(shape: string, snapshot: Snapshot): void {
    if (shape !== this.shape) {
      throw new RestoreError(`${this.within}: the function makes another source than it did when the flow was saved`)
    }
    this.run.check(snapshot)
  }

  /** Whether a branch to a sink may continue after the output has ended, here or in a source nested deeper. */
  get outlivesOutput(): boolean {
    return this.wiring.sinks.length > 0 || this.run.dependsOnOutside
  }

  /** Cancels the output and drops its elements. */
  cancel(cause?: unknown): void {
    this.inlet.cancel(cause)
    this.end()
  }

  /** Ends the branches to sinks. */
  end(): void {
    for (const sink of this.wiring.sinks) sink.end()
    // Sub-sources nested deeper end their branches when they settle.
    this.run.settle()
  }

  /** Throws a `PinnedFlowError` for a source that cannot be saved; only when it is saved, because a plain Worker may run it. */
  private get shape(): string {
    if (this.cachedShape === undefined) {
      const { steps } = this.wiring
      assertDurable(steps, `the source in ${this.within}`)
      this.cachedShape = fingerprint(steps)
    }
    return this.cachedShape
  }
}
