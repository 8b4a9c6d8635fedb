import { FanOut, type Outlet } from "../junction.ts"
import { Stage } from "../stage.ts"

/** Every outlet gets every element, as soon as all of them want one. */
export class Broadcast<T> extends FanOut<T> {
  constructor(
    count: number,
    private readonly eagerCancel: boolean,
  ) {
    super(count)
  }

  protected deliver(element: T): void {
    for (const outlet of this.outlets) if (!outlet.outClosed) outlet.push(element)
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

  protected deliver(element: T): void {
    for (const outlet of this.outlets) if (outlet.isReady) outlet.push(element)
  }

  protected wants(): boolean {
    return this.outlets[0]?.isReady === true
  }

  /** Neither the end nor a failure of the tap disturbs what flows by. */
  override cancelled(outlet: Outlet, cause?: unknown): void {
    if (outlet.index === 0) super.cancelled(outlet, cause)
  }

  protected override endsWith(): boolean {
    return true
  }
}

/** A function says which outlet an element is for; an element for an outlet that has ended is dropped. */
export class Partition<T> extends FanOut<T, [index: number, element: T]> {
  private held: [index: number, element: T] | undefined

  constructor(
    count: number,
    private readonly choose: (element: T) => number,
    private readonly eagerCancel: boolean,
  ) {
    super(count)
  }

  protected deliver(element: T): void {
    const index = this.choose(element)
    const outlet = this.outlets[index]
    if (!outlet) throw new RangeError(`partition: there is no branch ${index}, only 0 to ${this.outlets.length - 1}`)
    if (outlet.outClosed) return
    if (outlet.open) outlet.push(element)
    else this.hold([index, element])
  }

  protected wants(): boolean {
    return !this.held && this.outlets.some((outlet) => outlet.isReady)
  }

  override opened(): void {
    this.releaseHeld()
    super.opened()
  }

  override cancelled(outlet: Outlet, cause?: unknown): void {
    if (this.held?.[0] === outlet.index) this.hold(undefined)
    super.cancelled(outlet, cause)
    if (this.inClosed && !this.held) this.completeDown()
  }

  override begin(): void {
    this.releaseHeld()
  }

  override onComplete(): void {
    if (!this.held) this.completeDown()
  }

  protected override endsWith(outlet: Outlet): boolean {
    return this.eagerCancel || super.endsWith(outlet)
  }

  override save(): [number, T] | undefined {
    return this.held
  }

  override restore(held: [number, T]): void {
    this.held = held
  }

  private hold(held: [number, T] | undefined): void {
    this.held = held
    this.changed()
  }

  private releaseHeld(): void {
    if (!this.held || this.run.starting) return
    const [index, element] = this.held
    const outlet = this.outlets[index]
    if (!outlet?.isReady) return
    this.hold(undefined)
    outlet.push(element)
    if (this.inClosed) this.completeDown()
  }
}

/** Each element goes to one outlet that is ready, in turn. */
export class Balance<T> extends FanOut<T, number> {
  private turn = 0

  protected deliver(element: T): void {
    const count = this.outlets.length
    for (let step = 0; step < count; step++) {
      const index = (this.turn + step) % count
      const outlet = this.outlets[index]
      if (!outlet?.isReady) continue
      this.turn = (index + 1) % count
      this.changed()
      outlet.push(element)
      return
    }
  }

  protected wants(): boolean {
    return this.outlets.some((outlet) => outlet.isReady)
  }

  override save(): number {
    return this.turn
  }

  override restore(turn: number): void {
    this.turn = turn
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
