import { Emitter, type None, none } from "./emitter.ts"
import { Stage } from "./stage.ts"

/** One of the inputs of a `FanIn`, with room for the one element that the junction has not taken yet. */
export class Inlet<T = unknown> extends Stage<T, T, [T]> {
  element: T | None = none
  private asked = false

  constructor(
    readonly junction: FanIn,
    readonly index: number,
  ) {
    super()
  }

  get isEmpty(): boolean {
    return this.element === none
  }

  /** Ended above, and nothing is left in it. */
  get isOver(): boolean {
    return this.inClosed && this.isEmpty
  }

  push(element: T): boolean {
    this.asked = true
    if (this.junction.passes(element)) {
      this.asked = this.junction.wantsMoreFrom(this)
    } else {
      this.element = element
      this.changed()
      this.asked = this.junction.arrived(this)
    }
    return this.asked
  }

  take(): T | None {
    const element = this.element
    this.element = none
    this.changed()
    return element
  }

  /** Takes nothing more; what is in it stays. */
  end(): void {
    this.cancelUp()
  }

  /** Asks above for an element, if the junction would take one from here. */
  override resume(): void {
    if (this.asked || this.inClosed || !this.isEmpty || !this.junction.wantsFrom(this)) return
    this.asked = true
    this.up.resume()
  }

  override onComplete(): void {
    this.junction.ended(this)
  }

  /** What is in it goes nowhere any more. */
  override onCancel(cause?: unknown): void {
    this.element = none
    super.onCancel(cause)
  }

  override onFail(error: unknown): void {
    this.junction.failed(error, this)
  }

  override save(): [T] | undefined {
    return this.element === none ? undefined : [this.element]
  }

  override restore([element]: [T]): void {
    this.element = element
  }
}

/**
 * Several inputs, one output. A kind of junction says which inlet it takes from next (`next`), from which it would take
 * more (`wantsFrom`) and when all is over (`isDrained`).
 */
export abstract class FanIn<Out = unknown, State = unknown, In = never> extends Emitter<In, Out, State> {
  override inClosed = true
  inlets: readonly Inlet[]
  private asking: Inlet | undefined
  protected moves = 0

  constructor(count: number) {
    super()
    this.inlets = Array.from({ length: count }, (_, index) => new Inlet(this, index))
  }

  /** Whether an empty inlet should be filled. */
  wantsFrom(_inlet: Inlet): boolean {
    return true
  }

  /** Sends an element on as it comes, if nothing is before it and there is demand. */
  passes(element: unknown): boolean {
    const moves = ++this.moves
    if (!this.isPassable() || !this.emitNow(element as Out)) return false
    // Meanwhile others have come or ended.
    if (this.moves !== moves) this.advance()
    return true
  }

  /** An inlet has got an element that waits. The answer is its demand. */
  arrived(inlet: Inlet): boolean {
    this.onArrived(inlet)
    this.drain()
    this.askInlets()
    return this.wantsMoreFrom(inlet)
  }

  /** An inlet that is asked in turn gives one element: a source that never pauses would otherwise shut out the others. */
  wantsMoreFrom(inlet: Inlet): boolean {
    return inlet !== this.asking && !inlet.inClosed && inlet.isEmpty && this.wantsFrom(inlet)
  }

  /** Whether an element that comes now is the next one to emit, as it is. */
  protected isPassable(): boolean {
    return false
  }

  /** The source of an inlet has ended. */
  ended(_inlet: Inlet): void {
    this.moves++
    this.advance()
  }

  failed(error: unknown, _inlet: Inlet): void {
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

  protected onArrived(_inlet: Inlet): void {}

  protected takeFrom(index: number): Out | None {
    const inlet = this.inlets[index]
    return inlet ? (inlet.take() as Out | None) : none
  }

  /** Whether all inlets are over, or, when eager, one of them. */
  protected isOver(eager: boolean): boolean {
    return eager ? this.inlets.some((inlet) => inlet.isOver) : this.inlets.every((inlet) => inlet.isOver)
  }

  protected override take(_element: In): void {}

  protected override onDrained(): void {
    this.finish()
  }

  protected override cancelUp(cause?: unknown): void {
    for (const inlet of this.inlets) inlet.cancel(cause)
    super.cancelUp(cause)
  }

  protected askInlets(): void {
    if (this.asking || this.run.starting) return
    for (let before = -1; before !== this.moves && !this.outClosed; ) {
      before = this.moves
      for (const inlet of this.inlets) {
        this.asking = inlet
        inlet.resume()
      }
    }
    this.asking = undefined
  }
}
