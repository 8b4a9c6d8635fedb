import { Emitter, isNone, type None, none } from "./emitter.ts"
import { Stage } from "./stage.ts"

/** The part of a junction that its inlets call. */
interface Junction extends Stage<never> {
  readonly inlets: readonly Inlet[]
  /** Whether an empty inlet should be filled. */
  wantsFrom(inlet: Inlet): boolean
  /** Like `wantsFrom`, for an inlet that has just given an element. */
  wantsMoreFrom(inlet: Inlet): boolean
  /** Emits an element without storing it, if it comes next and there is demand. */
  tryForward(element: unknown): boolean
  /** An inlet has stored an element. Returns the demand for that inlet. */
  onArrival(inlet: Inlet): boolean
  onInletComplete(inlet: Inlet): void
  onInletFailure(error: unknown, inlet: Inlet): void
}

/** One input of a `FanIn`, with room for one element that the junction has not taken yet. */
export class Inlet<T = unknown> extends Stage<T, T, [T]> {
  element: T | None = none
  private asked = false

  constructor(
    readonly junction: Junction,
    readonly index: number,
  ) {
    super()
  }

  get isEmpty(): boolean {
    return isNone(this.element)
  }

  /** Ended and empty. */
  get isOver(): boolean {
    return this.inClosed && this.isEmpty
  }

  push(element: T): boolean {
    this.asked = true
    if (this.junction.tryForward(element)) {
      this.asked = this.junction.wantsMoreFrom(this)
    } else {
      this.element = element
      this.markDirty()
      this.asked = this.junction.onArrival(this)
    }
    return this.asked
  }

  take(): T | None {
    const element = this.element
    this.element = none
    this.markDirty()
    return element
  }

  /** Cancels the input and keeps the stored element. */
  close(): void {
    this.cancelUp()
  }

  /** Asks for an element, if the junction needs one from this inlet. */
  override resume(): void {
    if (this.asked || this.inClosed || !this.isEmpty || !this.junction.wantsFrom(this)) return
    this.asked = true
    this.up.resume()
  }

  override hasInFlight(): boolean {
    if (!this.isOver) return true
    return this.junction.inlets.every((inlet) => inlet.isOver) && this.junction.hasInFlight()
  }

  override onComplete(): void {
    this.junction.onInletComplete(this)
  }

  /** Drops the stored element too. */
  override onCancel(cause?: unknown): void {
    this.element = none
    super.onCancel(cause)
  }

  override onFail(error: unknown): void {
    this.junction.onInletFailure(error, this)
  }

  override save(): [T] | undefined {
    return this.element === none ? undefined : [this.element]
  }

  override restore([element]: [T]): void {
    this.element = element
  }
}

/**
 * A junction with several inputs and one output. A subclass says which inlet gives the next element (`next`), which inlets
 * should be filled (`wantsFrom`) and when everything has been emitted (`isDrained`).
 */
export abstract class FanIn<Out = unknown, State = unknown, In = never>
  extends Emitter<In, Out, State>
  implements Junction
{
  override inClosed = true
  inlets: readonly Inlet[]
  private asking: Inlet | undefined
  /** Counts arrivals and completions, so that a loop detects those that happened during a push. */
  protected progress = 0

  constructor(count: number) {
    super()
    this.inlets = Array.from({ length: count }, (_, index) => new Inlet(this, index))
  }

  wantsFrom(_inlet: Inlet): boolean {
    return true
  }

  /** While inlets are asked in turn, each gives one element, because a source that never pauses would shut out the others. */
  wantsMoreFrom(inlet: Inlet): boolean {
    return inlet !== this.asking && !inlet.inClosed && inlet.isEmpty && this.wantsFrom(inlet)
  }

  tryForward(element: unknown): boolean {
    const progress = ++this.progress
    if (!this.canForward() || !this.tryEmit(element as Out)) return false
    if (this.progress !== progress) this.advance()
    return true
  }

  onArrival(inlet: Inlet): boolean {
    this.recordArrival(inlet)
    this.drain()
    this.askInlets()
    return this.wantsMoreFrom(inlet)
  }

  onInletComplete(_inlet: Inlet): void {
    this.progress++
    this.advance()
  }

  onInletFailure(error: unknown, _inlet: Inlet): void {
    this.failStage(error)
  }

  override resume(): void {
    this.open = true
    this.advance()
  }

  override advance(): void {
    this.drain()
    this.askInlets()
    this.ask()
  }

  /** Whether an element that arrives on demand is always the next to emit, unchanged. */
  protected canForward(): boolean {
    return false
  }

  /** Whether an element that arrives now is the only one. While inlets are asked in turn, the next inlet may have another. */
  protected get isAlone(): boolean {
    return !this.asking && this.inlets.every(({ isEmpty }) => isEmpty)
  }

  /** Records that an inlet has stored an element, where the order of arrivals matters. */
  protected recordArrival(_inlet: Inlet): void {}

  protected takeFrom(index: number): Out | None {
    const inlet = this.inlets[index]
    return inlet ? (inlet.take() as Out | None) : none
  }

  /** Whether all inlets are over; with `eager`, whether one of them is. */
  protected isOver(eager: boolean): boolean {
    return eager ? this.inlets.some((inlet) => inlet.isOver) : this.inlets.every((inlet) => inlet.isOver)
  }

  protected override onElement(_element: In): void {}

  protected override onDrained(): void {
    this.finish()
  }

  protected override cancelUp(cause?: unknown): void {
    for (const inlet of this.inlets) inlet.cancel(cause)
    super.cancelUp(cause)
  }

  /** Asks the inlets round by round until a round has no arrival and no completion. */
  protected askInlets(): void {
    if (this.asking || this.run.starting) return
    for (let before = -1; before !== this.progress && !this.outClosed; ) {
      before = this.progress
      for (const inlet of this.inlets) {
        this.asking = inlet
        inlet.resume()
      }
    }
    this.asking = undefined
  }
}
