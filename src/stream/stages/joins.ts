import { type None, none } from "../engine/emitter.ts"
import { FanIn, type Inlet } from "../engine/fan-in-stage.ts"
import { EagerMerge } from "./eager-merge.ts"

/** Emits elements in the order of arrival. */
export class Merge<T> extends EagerMerge<T, number[]> {
  private arrivals: number[] = []

  protected override recordArrival(inlet: Inlet): void {
    this.arrivals.push(inlet.index)
    this.markDirty()
  }

  /** While there is demand, all inlets are empty. */
  protected override canForward(): boolean {
    return true
  }

  protected next(): T | None {
    const index = this.arrivals.shift()
    return index === undefined ? none : this.takeFrom(index)
  }

  override save(): number[] | undefined {
    return this.arrivals
  }

  override restore(arrivals: number[]): void {
    this.arrivals = arrivals
  }
}

/** Smooth weighted round robin over the inlets that have an element. */
export class MergePrioritized<T> extends EagerMerge<T, number[]> {
  private credits: number[]

  constructor(
    private readonly priorities: readonly number[],
    eagerComplete: boolean,
  ) {
    super(priorities.length, eagerComplete)
    this.credits = priorities.map(() => 0)
  }

  /** An element without a competitor does not change the credits. */
  protected override canForward(): boolean {
    return this.isAlone
  }

  protected next(): T | None {
    // Fills the inlets first, so that sources that never pause get their shares too.
    this.askInlets()
    let best = -1
    let total = 0
    for (const { index, isEmpty } of this.inlets) {
      if (isEmpty) continue
      total += this.priority(index)
      this.credits[index] = this.credit(index) + this.priority(index)
      if (best < 0 || this.credit(index) > this.credit(best)) best = index
    }
    if (best < 0) return none
    this.credits[best] = this.credit(best) - total
    return this.takeFrom(best)
  }

  override save(): number[] {
    return this.credits
  }

  override restore(credits: number[]): void {
    this.credits = credits
  }

  private priority(index: number): number {
    return this.priorities[index] ?? 1
  }

  private credit(index: number): number {
    return this.credits[index] ?? 0
  }
}

/** Takes `segment` elements from each inlet in turn, and skips inlets that are over. */
export class Interleave<T> extends FanIn<T, [turn: number, taken: number]> {
  private turn = 0
  private taken = 0

  constructor(
    private readonly segment: number,
    private readonly eagerComplete: boolean,
  ) {
    super(2)
  }

  override wantsFrom(inlet: Inlet): boolean {
    return this.open && inlet.index === this.turn
  }

  override onInletComplete(inlet: Inlet): void {
    if (inlet.isOver && inlet.index === this.turn) this.switchTurn()
    super.onInletComplete(inlet)
  }

  protected next(): T | None {
    const inlet = this.inlets[this.turn]
    if (!inlet || inlet.isEmpty) return none
    const element = this.takeFrom(this.turn)
    this.taken++
    if (this.taken === this.segment || inlet.isOver) this.switchTurn()
    return element
  }

  protected isDrained(): boolean {
    return this.isOver(this.eagerComplete)
  }

  override save(): [number, number] {
    return [this.turn, this.taken]
  }

  override restore([turn, taken]: [number, number]): void {
    this.turn = turn
    this.taken = taken
  }

  private switchTurn(): void {
    this.taken = 0
    if (!this.inlets[1 - this.turn]?.isOver) this.turn = 1 - this.turn
    this.markDirty()
  }
}

/** Emits one inlet after the other, in the given order. */
export class Concat<T> extends FanIn<T> {
  private readonly order: readonly Inlet[]

  constructor(order: readonly number[]) {
    super(order.length)
    this.order = order.map((index) => this.inlets[index] as Inlet)
  }

  override wantsFrom(inlet: Inlet): boolean {
    return this.open && inlet === this.current()
  }

  /** Only the current inlet is asked, and only while it is empty. */
  protected override canForward(): boolean {
    return true
  }

  protected next(): T | None {
    const inlet = this.current()
    return inlet && !inlet.isEmpty ? this.takeFrom(inlet.index) : none
  }

  protected isDrained(): boolean {
    return this.isOver(false)
  }

  private current(): Inlet | undefined {
    return this.order.find((inlet) => !inlet.isOver)
  }
}

/** Emits the second inlet if the first ends without an element. The first element of the first closes the second. */
export class OrElse<T> extends FanIn<T> {
  constructor() {
    super(2)
  }

  override wantsFrom(inlet: Inlet): boolean {
    return this.open && (inlet.index === 0 || this.inlets[0]?.inClosed === true)
  }

  protected next(): T | None {
    const first = this.takeFrom(0)
    if (first === none) return this.takeFrom(1)
    this.inlets[1]?.cancel()
    return first
  }

  protected isDrained(): boolean {
    return this.isOver(false)
  }
}
