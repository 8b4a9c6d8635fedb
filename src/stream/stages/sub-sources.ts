import { type None, none } from "../engine/emitter.ts"
import { FanIn, type Inlet } from "../engine/fan-in-stage.ts"
import type { Snapshot } from "../engine/run.ts"
import type { Chain } from "../engine/wiring.ts"
import { RestoreError } from "../errors.ts"
import { type SavedSubSource, SubSource } from "./sub-source.ts"

type Saved<State> = [sources: SavedSubSource[], state: State]

/** A junction whose inlets are sub-sources: sources that a function returns while the flow runs. */
export abstract class SubSources<In, Out, Cause, State = undefined> extends FanIn<Out, Saved<State>, In> {
  override inClosed = false
  /** Sub-sources with an element come first, in the order of arrival. */
  protected active: readonly SubSource[] = []
  /** Made by `checkSaved`, and not yet begun. */
  private restored: [source: SubSource, snapshot: Snapshot][] = []
  /** The error of the function when it was called to restore a source. */
  private failure: { error: unknown } | undefined
  /** Begun before all stages of the flow had begun. Their elements wait for `advance`. */
  private readonly waiting: SubSource[] = []
  /** Sub-sources whose output has ended during this event. */
  private readonly finished: SubSource[] = []

  constructor() {
    super(0)
  }

  /** The chain of the source for a cause. Depends on nothing else. */
  protected abstract chainFor(cause: Cause): Chain
  /** The state besides that of the sub-sources; `undefined` for none. */
  protected abstract saveState(): State | undefined
  protected restoreState(_state: State): void {}

  override begin(): void {
    for (const [source, snapshot] of this.restored.splice(0)) {
      // A sub-source before this one may have failed.
      if (this.outClosed) break
      this.setActive([...this.active, source])
      this.waiting.push(source)
      source.run.prepare(snapshot)
    }
    if (this.failure) this.failStage(this.failure.error)
  }

  override advance(): void {
    if (this.run.starting) return
    for (const source of this.waiting.splice(0)) source.run.advance()
    super.advance()
  }

  /** Ends the running sub-sources too. */
  override onFail(error: unknown): void {
    this.failStage(error)
  }

  override onInletComplete(inlet: Inlet): void {
    if (inlet.isOver) this.remove(inlet)
    super.onInletComplete(inlet)
  }

  override onTimer(): void {
    // Fires the sub-source with the earliest due time; the run calls again for the next one.
    this.active.toSorted((a, b) => a.due - b.due)[0]?.fire()
    this.onSubSourceDue()
  }

  override onSettled(): void {
    for (const source of this.active) source.run.settle()
    for (const source of this.finished.splice(0)) source.end()
  }

  override onStop(): void {
    for (const source of this.active) source.run.stop()
  }

  override save(): Saved<State> | undefined {
    const sources = this.active.map((source) => source.save())
    const state = this.saveState()
    return sources.length > 0 || state !== undefined ? [sources, state as State] : undefined
  }

  /** Makes the sub-sources again and checks that their snapshots fit. */
  override checkSaved([sources]: Saved<State>): void {
    for (const [cause, shape, snapshot] of sources) {
      try {
        const source = this.makeSource(this.chainFor(cause as Cause), cause as Cause)
        source.check(shape, snapshot)
        this.restored.push([source, snapshot])
      } catch (error) {
        if (error instanceof RestoreError) throw error
        this.failure ??= { error }
      }
    }
  }

  override restore([, state]: Saved<State>): void {
    this.restoreState(state)
  }

  onSubSourceDue(): void {
    this.wakeAt(Math.min(...this.active.map(({ due }) => due)))
  }

  onSubSourceDirty(): void {
    this.markDirty()
  }

  /** Ends the sub-sources too. */
  protected override cancelUp(cause?: unknown): void {
    this.cancelSources(cause)
    super.cancelUp(cause)
  }

  /** Cancels the running sub-sources and drops their elements. */
  protected cancelSources(cause?: unknown): void {
    const sources = this.active
    this.setActive([])
    for (const source of sources) source.cancel(cause)
    this.onSubSourceDue()
  }

  /** Cancels upstream only; the sub-sources continue. */
  protected closeInput(cause?: unknown): void {
    if (this.inClosed) return
    this.inClosed = true
    this.markDirty()
    this.up.cancel(cause)
  }

  protected makeSource(chain: Chain, cause: Cause): SubSource {
    return new SubSource(chain, this, cause)
  }

  protected get running(): number {
    return this.active.length + this.restored.length
  }

  /** Starts a sub-source. It is removed by `remove` when its output ends. */
  protected start(cause: Cause, chain: Chain): void {
    const source = this.makeSource(chain, cause)
    this.setActive([...this.active, source])
    source.run.prepare()
    if (this.run.starting) this.waiting.push(source)
    else source.run.advance()
  }

  /** Takes the element that arrived first, and moves its sub-source to the end. */
  protected next(): Out | None {
    const source = this.active.find(({ inlet }) => !inlet.isEmpty)
    if (!source) return none
    const element = source.inlet.take() as Out
    if (source.inlet.isOver) this.remove(source.inlet)
    else this.setActive([...this.active.filter((other) => other !== source), source])
    return element
  }

  /** Moves the sub-source behind those whose elements arrived before. */
  protected override recordArrival(inlet: Inlet): void {
    if (this.active.length === 1) return
    const arrived = this.active.filter((source) => source.inlet === inlet)
    const others = this.active.filter((source) => source.inlet !== inlet)
    const waiting = others.filter((source) => !source.inlet.isEmpty)
    this.setActive([...waiting, ...arrived, ...others.filter((source) => source.inlet.isEmpty)])
  }

  protected isDrained(): boolean {
    return this.running === 0
  }

  protected remove(inlet: Inlet): void {
    const over = this.active.find((source) => source.inlet === inlet)
    if (over?.outlivesOutput) this.finished.push(over)
    this.setActive(this.active.filter((source) => source !== over))
    if (over) this.onRemoved(over)
  }

  /** The output of a sub-source is over. */
  protected onRemoved(_source: SubSource): void {}

  private setActive(sources: readonly SubSource[]): void {
    this.active = sources
    this.inlets = sources.map(({ inlet }) => inlet)
  }
}
