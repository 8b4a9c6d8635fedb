import { type None, none } from "../engine/emitter.ts"
import { FanIn, type Inlet } from "../engine/fan-in-stage.ts"
import type { Snapshot } from "../engine/run.ts"
import type { Chain } from "../engine/wiring.ts"
import { RestoreError } from "../errors.ts"
import { type SavedSubSource, SubSource } from "./sub-source.ts"

type Saved<State> = [sources: SavedSubSource[], state: State]

/** A junction whose inlets are sources that a function makes while the flow runs. */
export abstract class SubSources<In, Out, Cause, State = undefined> extends FanIn<Out, Saved<State>, In> {
  override inClosed = false
  /** Those with an element come first, in the order in which the elements came. */
  private active: SubSource[] = []
  /** Made again, but not begun yet. */
  private restored: [source: SubSource, snapshot: Snapshot][] = []
  /** What the function threw when it was to make a source again. */
  private failure: { error: unknown } | undefined
  /** Begun before the flow itself had: their elements move when its own do. */
  private readonly waiting: SubSource[] = []
  /** Their output has ended during this event. */
  private readonly finished: SubSource[] = []

  constructor() {
    super(0)
  }

  /** The source for a cause; must depend on nothing else. */
  protected abstract chainFor(cause: Cause): Chain
  /** `undefined` where there is nothing to keep besides the sources. */
  protected abstract saveState(): State | undefined
  protected restoreState(_state: State): void {}

  override begin(): void {
    for (const [source, snapshot] of this.restored.splice(0)) {
      // One before it may have failed.
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

  /** The sources that are running end with it. */
  override onFail(error: unknown): void {
    this.failStage(error)
  }

  override onInletComplete(inlet: Inlet): void {
    if (inlet.isOver) this.remove(inlet)
    super.onInletComplete(inlet)
  }

  override onTimer(): void {
    // One source at a time, the longest due first: the run calls again for the next.
    this.active.toSorted((a, b) => a.due - b.due)[0]?.fire()
    this.onSubSourceDue()
  }

  override onSettled(): void {
    for (const source of this.active) source.run.settle()
    for (const source of this.finished.splice(0)) source.end()
  }

  override save(): Saved<State> | undefined {
    const sources = this.active.map((source) => source.save())
    const state = this.saveState()
    return sources.length > 0 || state !== undefined ? [sources, state as State] : undefined
  }

  /** Makes the sources again, and compares them with those that were saved. */
  override checkSaved([sources]: Saved<State>): void {
    for (const [cause, shape, snapshot] of sources) {
      try {
        const source = new SubSource(this.chainFor(cause as Cause), this, cause)
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

  /** Nothing of what it holds outlives it. */
  protected override cancelUp(cause?: unknown): void {
    super.cancelUp(cause)
    const { active: sources } = this
    this.setActive([])
    for (const source of sources) source.end()
  }

  protected get running(): number {
    return this.active.length + this.restored.length
  }

  /** Starts a source, which ends sooner or later by `remove`. */
  protected start(cause: Cause, chain: Chain): void {
    const source = new SubSource(chain, this, cause)
    this.setActive([...this.active, source])
    source.run.prepare()
    if (this.run.starting) this.waiting.push(source)
    else source.run.advance()
  }

  /** The element that came first; its source goes to the end of the line. */
  protected next(): Out | None {
    const source = this.active.find(({ inlet }) => !inlet.isEmpty)
    if (!source) return none
    const element = source.inlet.take() as Out
    if (source.inlet.isOver) this.remove(source.inlet)
    else this.setActive([...this.active.filter((other) => other !== source), source])
    return element
  }

  /** Puts its source behind those whose elements came before. */
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
  }

  private setActive(sources: SubSource[]): void {
    this.active = sources
    this.inlets = sources.map(({ inlet }) => inlet)
  }
}
