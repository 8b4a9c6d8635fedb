import { FailureMark } from "./failure-mark.ts"
import { Stage } from "./stage.ts"

/** The part of a junction that its outlets call. */
interface Junction {
  /** An outlet has demand. */
  onDemand(): void
  /** The stage below an outlet has cancelled. */
  onOutletCancel(outlet: Outlet, cause?: unknown): void
}

/** One output of a `FanOut`. */
export class Outlet<T = unknown> extends FailureMark<T> {
  /** Whether there is demand below. */
  open = false

  constructor(
    private readonly junction: Junction,
    readonly index: number,
  ) {
    super()
  }

  /** Whether an element can be pushed now. */
  get isReady(): boolean {
    return this.open && !this.outClosed
  }

  push(element: T): boolean {
    this.open = false
    if (this.down.push(element)) this.open = true
    return this.open
  }

  override resume(): void {
    this.open = true
    this.junction.onDemand()
  }

  override onCancel(cause?: unknown): void {
    this.hasFailed = cause !== undefined
    this.junction.onOutletCancel(this, cause)
  }
}

/** A junction with one input and several outputs. A subclass says when to ask for an element and which outlets get it. */
export abstract class FanOut<In = unknown, State = unknown> extends Stage<In, never, State> {
  readonly outlets: readonly Outlet<In>[]
  private asked = false

  constructor(count: number) {
    super()
    this.outlets = Array.from({ length: count }, (_, index) => new Outlet<In>(this, index))
  }

  /** Pushes the element to its outlets. */
  protected abstract deliver(element: In): void
  protected abstract wants(): boolean

  push(element: In): boolean {
    this.asked = true
    try {
      this.deliver(element)
    } catch (error) {
      return this.failStage(error)
    }
    this.asked = !this.inClosed && this.wants()
    return this.asked
  }

  onDemand(): void {
    this.ask()
  }

  /** A failure below is never swallowed: it fails the junction and its other outlets. */
  onOutletCancel(outlet: Outlet, cause?: unknown): void {
    if (cause !== undefined) this.failStage(cause)
    else if (this.endsWith(outlet)) this.finish()
    else this.ask()
  }

  override ask(): void {
    if (this.asked || this.inClosed || !this.wants()) return
    this.asked = true
    this.up.resume()
  }

  override hasInFlight(): boolean {
    return !this.outClosed || this.outlets.some((outlet) => outlet.down.hasInFlight())
  }

  /** Whether the junction ends after this outlet was cancelled. Default: when all outlets are closed. */
  protected endsWith(_outlet: Outlet): boolean {
    return this.outlets.every((outlet) => outlet.outClosed)
  }

  protected override completeDown(): void {
    super.completeDown()
    for (const outlet of this.outlets) outlet.complete()
  }

  protected override failDown(error: unknown): void {
    if (this.outClosed) return
    super.failDown(error)
    for (const outlet of this.outlets) outlet.hasFailed ||= !outlet.outClosed
    for (const outlet of this.outlets) outlet.fail(error)
  }
}
