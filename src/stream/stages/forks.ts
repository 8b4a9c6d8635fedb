import { readPredicate, wrongReturn } from "../checks.ts"
import { type None, none } from "../engine/emitter.ts"
import { FanOut, type Outlet } from "../engine/fan-out-stage.ts"
import { placeOf, Stage } from "../engine/stage.ts"

/** Every outlet gets every element, as soon as all of them want one. */
export class Broadcast<T> extends FanOut<T> {
  private delivering = false
  private hasEnded = false

  constructor(
    count: number,
    private readonly eagerCancel: boolean,
  ) {
    super(count)
  }

  /** An outlet that ends with an element does not keep the others from it. */
  protected deliver(element: T): void {
    this.delivering = true
    for (const outlet of this.outlets) if (!outlet.outClosed) outlet.push(element)
    this.delivering = false
    if (this.hasEnded) this.finish()
  }

  override onOutletCancel(outlet: Outlet, cause?: unknown): void {
    if (cause !== undefined || !this.delivering) super.onOutletCancel(outlet, cause)
    else this.hasEnded ||= this.endsWith(outlet)
  }

  protected wants(): boolean {
    return this.outlets.every((outlet) => outlet.outClosed || outlet.open)
  }

  protected override endsWith(outlet: Outlet): boolean {
    return this.eagerCancel || super.endsWith(outlet)
  }
}

/** The first outlet gets every element; the second one those for which it happens to be ready. */
export class WireTap<T> extends FanOut<T> {
  constructor() {
    super(2)
  }

  /** To the tap first: the stream may end with this element, and the tap with it. */
  protected deliver(element: T): void {
    const [main, tap] = this.outlets
    if (tap?.isReady) tap.push(element)
    main?.push(element)
  }

  protected wants(): boolean {
    return this.outlets[0]?.isReady === true
  }

  /** Neither the end nor a failure of the tap disturbs what flows by. */
  override onOutletCancel(outlet: Outlet, cause?: unknown): void {
    if (outlet.index === 0) super.onOutletCancel(outlet, cause)
  }

  protected override endsWith(): boolean {
    return true
  }
}

/** Each element goes one way. One that cannot go yet is held, and meanwhile nothing more is taken. */
abstract class SingleTarget<T, State> extends FanOut<T, State> {
  protected held: T | None = none

  /** The outlet that the held element can go to now. */
  protected abstract target(): Outlet<T> | undefined

  protected deliver(element: T): void {
    this.held = element
    this.dispatch()
    if (this.held !== none) this.markDirty()
  }

  protected wants(): boolean {
    return this.held === none
  }

  override onDemand(): void {
    this.advance()
    super.onDemand()
  }

  override advance(): void {
    if (this.held === none || this.run.starting) return
    this.markDirty()
    this.dispatch()
  }

  override onOutletCancel(outlet: Outlet, cause?: unknown): void {
    super.onOutletCancel(outlet, cause)
    this.completeIfEmpty()
  }

  override onComplete(): void {
    this.completeIfEmpty()
  }

  private dispatch(): void {
    const outlet = this.target()
    if (this.held === none || !outlet) return
    const element = this.held
    this.held = none
    outlet.push(element)
    this.completeIfEmpty()
  }

  private completeIfEmpty(): void {
    if (this.inClosed && this.held === none) this.completeDown()
  }
}

/** A function says which outlet an element is for; an element for an outlet that has ended is dropped. */
export class Partition<T> extends SingleTarget<T, [index: number, element: T]> {
  private index = 0

  constructor(
    count: number,
    private readonly choose: (element: T) => number,
    private readonly eagerCancel: boolean,
  ) {
    super(count)
  }

  protected override deliver(element: T): void {
    this.index = this.indexFor(element)
    if (this.outlets[this.index]?.outClosed === false) super.deliver(element)
  }

  protected indexFor(element: T): number {
    const index: unknown = this.choose(element)
    if (typeof index === "number" && this.outlets[index]) return index
    const branches = `0 to ${this.outlets.length - 1}`
    if (typeof index === "number")
      throw new RangeError(`${placeOf(this)}: there is no branch ${index}, only ${branches}`)
    throw wrongReturn(this, "choose", index, `the number of a branch, ${branches}`)
  }

  protected target(): Outlet<T> | undefined {
    return this.outlets.find(({ index, isReady }) => isReady && index === this.index)
  }

  override onOutletCancel(outlet: Outlet, cause?: unknown): void {
    if (outlet.index === this.index) this.held = none
    super.onOutletCancel(outlet, cause)
  }

  protected override endsWith(outlet: Outlet): boolean {
    return this.eagerCancel || super.endsWith(outlet)
  }

  override save(): [number, T] | undefined {
    return this.held === none ? undefined : [this.index, this.held]
  }

  override restore([index, element]: [number, T]): void {
    this.index = index
    this.held = element
  }
}

/** The elements for which a predicate holds go to the second outlet, the others to the first. */
export class Divert<T> extends Partition<T> {
  constructor(private readonly predicate: (element: T) => boolean) {
    super(2, () => 0, true)
  }

  protected override indexFor(element: T): number {
    return readPredicate(this, "predicate", this.predicate(element)) ? 1 : 0
  }
}

/** Each element goes to one outlet that is ready, in turn. */
export class Balance<T> extends SingleTarget<T, [turn: number, held: T[]]> {
  private turn = 0

  protected target(): Outlet<T> | undefined {
    const count = this.outlets.length
    for (let step = 0; step < count; step++) {
      const outlet = this.outlets[(this.turn + step) % count]
      if (!outlet?.isReady) continue
      this.turn = (outlet.index + 1) % count
      this.markDirty()
      return outlet
    }
    return undefined
  }

  override save(): [number, T[]] {
    return [this.turn, this.held === none ? [] : [this.held]]
  }

  override restore([turn, held]: [number, T[]]): void {
    this.turn = turn
    if (held.length > 0) this.held = held[0] as T
  }
}

/** One of two stages that stand in otherwise unconnected chains and end together. */
export class Coupled<T> extends Stage<T, T> {
  partner: Coupled<unknown> | undefined

  push(element: T): boolean {
    return this.down.push(element)
  }

  override onComplete(): void {
    this.completeDown()
    this.partner?.finish()
  }

  override onFail(error: unknown): void {
    this.failDown(error)
    this.partner?.failStage(error)
  }

  override onCancel(cause?: unknown): void {
    this.cancelUp(cause)
    if (cause === undefined) this.partner?.finish()
    else this.partner?.failStage(cause)
  }
}
