import type { Chain } from "../blueprint.ts"
import { Wiring } from "../compile.ts"
import { type None, none } from "../emitter.ts"
import { FanIn, Inlet } from "../fan-in.ts"
import { type Host, Run, type Snapshot } from "../run.ts"
import { SinkStage } from "./sink.ts"

/** What a nested source needs from the stage that holds it. */
type Owner = FanIn & { innerWakes(): void; innerChanged(): void }

/** Asks while its source starts, which may have an element for just then, such as the first of some ticks. */
class InnerInlet extends Inlet {
  override ask(): void {
    this.resume()
  }
}

/** The stages of a source that came to be while its flow was running, inside the stage that takes its elements. */
class Inner implements Host {
  readonly isNested = true
  due = Infinity
  readonly inlet: Inlet
  readonly run: Run
  private readonly sinks: readonly SinkStage[]

  constructor(
    chain: Chain,
    private readonly owner: Owner,
    /** What the author's function was given to make the source; after a restore it is given it again. */
    readonly cause: unknown,
  ) {
    const wiring = new Wiring()
    this.inlet = new InnerInlet(owner, 0)
    wiring.add(this.inlet, wiring.chain(chain, undefined))
    this.sinks = wiring.stages.filter((stage) => stage instanceof SinkStage)
    this.run = new Run(wiring.stages, this)
  }

  get origin(): object {
    return this.owner.run.origin
  }

  now(): number {
    return this.owner.run.now()
  }

  deliveredUntil(): number {
    return this.owner.run.deliveredUntil
  }

  wake(due: number): void {
    this.due = due
    this.owner.innerWakes()
  }

  changed(): void {
    this.owner.innerChanged()
  }

  event(handler: () => void): void {
    this.owner.run.event(handler)
  }

  fire(): void {
    this.due = Infinity
    this.run.fire()
  }

  /** Ends what would go on without an output, such as a branch to a sink. */
  end(): void {
    for (const sink of this.sinks) sink.end()
  }
}

type SavedInner = [cause: unknown, snapshot: Snapshot]

/** A junction whose inlets are sources that a function makes while the flow runs. */
export abstract class Nested<In, Out, Cause, State = undefined> extends FanIn<
  Out,
  [inners: SavedInner[], state: State],
  In
> {
  override inClosed = false
  private inners: Inner[] = []
  private restored: SavedInner[] = []
  /** Those that were made while the flow itself had not begun: their elements move when its own do. */
  private readonly prepared: Inner[] = []

  constructor() {
    super(0)
  }

  /** The source that goes with a cause; must depend on nothing else. */
  protected abstract chainFor(cause: Cause): Chain
  protected abstract saveState(): State
  protected restoreState(_state: State): void {}

  override push(element: In): boolean {
    super.push(element)
    this.askInlets()
    this.asked = !this.inClosed && this.wants()
    return this.asked
  }

  override begin(): void {
    try {
      for (let saved = this.restored.shift(); saved; saved = this.restored.shift()) {
        const [cause, snapshot] = saved
        this.launch(cause as Cause, this.chainFor(cause as Cause), snapshot)
      }
    } catch (error) {
      this.failStage(error)
    }
  }

  override advance(): void {
    if (!this.run.starting) for (const inner of this.prepared.splice(0)) inner.run.advance()
    super.advance()
  }

  /** The sources that are running end with it. */
  override onFail(error: unknown): void {
    this.failStage(error)
  }

  override ended(inlet: Inlet): void {
    if (inlet.isOver) this.remove(inlet)
    super.ended(inlet)
  }

  override onTimer(): void {
    // One source at a time, the longest due first: the run calls again for the next.
    this.inners.toSorted((a, b) => a.due - b.due)[0]?.fire()
    this.innerWakes()
    this.advance()
  }

  override onSettled(): void {
    for (const inner of this.inners) inner.run.settle()
  }

  override save(): [SavedInner[], State] {
    return [this.inners.map(({ cause, run }): SavedInner => [cause, run.save()]), this.saveState()]
  }

  override restore([inners, state]: [SavedInner[], State]): void {
    this.restored = inners
    this.restoreState(state)
  }

  innerWakes(): void {
    this.wakeAt(Math.min(...this.inners.map(({ due }) => due)))
  }

  innerChanged(): void {
    this.changed()
  }

  /** Nothing of what it holds outlives it. */
  protected override cancelUp(cause?: unknown): void {
    super.cancelUp(cause)
    const { inners } = this
    this.show([])
    for (const inner of inners) inner.end()
  }

  protected get running(): number {
    return this.inners.length + this.restored.length
  }

  protected launch(cause: Cause, chain: Chain, snapshot?: Snapshot): void {
    const inner = new Inner(chain, this, cause)
    this.show([...this.inners, inner])
    inner.run.prepare(snapshot)
    if (this.run.starting) this.prepared.push(inner)
    else inner.run.advance()
  }

  /** From the inner source that has waited longest for its turn. */
  protected next(): Out | None {
    const inner = this.inners.find(({ inlet }) => !inlet.isEmpty)
    if (!inner) return none
    const element = inner.inlet.take() as Out
    this.show([...this.inners.filter((other) => other !== inner), ...(inner.inlet.isOver ? [] : [inner])])
    return element
  }

  protected isDrained(): boolean {
    return this.running === 0
  }

  protected remove(inlet: Inlet): void {
    this.show(this.inners.filter((inner) => inner.inlet !== inlet))
  }

  private show(inners: Inner[]): void {
    this.moves++
    this.inners = inners
    this.inlets = inners.map(({ inlet }) => inlet)
  }
}
