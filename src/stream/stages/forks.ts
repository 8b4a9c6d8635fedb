import { readPredicate, wrongReturn } from "../checks.ts"
import { type None, none } from "../engine/emitter.ts"
import { FailureMark } from "../engine/failure-mark.ts"
import { FanOut, type Outlet } from "../engine/fan-out-stage.ts"
import { placeOf } from "../engine/stage.ts"

/** Sends every element to all outlets, once all of them have demand. */
export class Broadcast<T> extends FanOut<T> {
  private delivering = false
  private hasEnded = false

  constructor(
    count: number,
    private readonly eagerCancel: boolean,
  ) {
    super(count)
  }

  /** If an outlet cancels during delivery, the other outlets still get the element. */
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

/** Sends every element to the first outlet, and to the second one if that has demand. */
export class WireTap<T> extends FanOut<T> {
  constructor() {
    super(2)
  }

  /** The tap comes first, because this element may end the stream and the tap with it. */
  protected deliver(element: T): void {
    const [main, tap] = this.outlets
    if (tap?.isReady) tap.push(element)
    main?.push(element)
  }

  protected wants(): boolean {
    return this.outlets[0]?.isReady === true
  }

  /** The end and a failure of the tap do not affect the stream. */
  override onOutletCancel(outlet: Outlet, cause?: unknown): void {
    if (outlet.index === 0) super.onOutletCancel(outlet, cause)
  }

  protected override endsWith(): boolean {
    return true
  }
}

/** Sends each element to one outlet. Holds an element whose outlet has no demand, and takes no other meanwhile. */
abstract class SingleTarget<T, State> extends FanOut<T, State> {
  protected held: T | None = none

  /** The outlet for the held element, if that has demand. */
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

/** Sends each element to the outlet that a function chooses. Drops elements for a closed outlet. */
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

/** Sends elements to the second outlet if a predicate returns true, else to the first. */
export class Divert<T> extends Partition<T> {
  constructor(private readonly predicate: (element: T) => boolean) {
    super(2, () => 0, true)
  }

  protected override indexFor(element: T): number {
    return readPredicate(this, "predicate", this.predicate(element)) ? 1 : 0
  }
}

/** Sends each element to the next outlet with demand, in turn. */
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

/** One of two stages in otherwise unconnected chains that end together. */
export class Coupled<T> extends FailureMark<T> {
  partner: Coupled<unknown> | undefined

  push(element: T): boolean {
    return this.down.push(element)
  }

  /** Counts the elements below the partner too, which end with those below this stage. */
  override hasInFlight(): boolean {
    return super.hasInFlight() || (this.partner?.outClosed === true && this.partner.down.hasInFlight())
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
    this.hasFailed = cause !== undefined
    this.cancelUp(cause)
    if (cause === undefined) this.partner?.finish()
    else this.partner?.failStage(cause)
  }

  protected override failDown(error: unknown): void {
    this.hasFailed ||= !this.outClosed
    super.failDown(error)
  }
}
