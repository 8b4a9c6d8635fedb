import { Stage } from "./stage.ts"

/** One of the outputs of a `FanOut`. */
export class Outlet<T = unknown> extends Stage<T, T> {
  /** Whether the stage below would take an element. */
  open = false

  constructor(
    private readonly junction: FanOut,
    readonly index: number,
  ) {
    super()
  }

  /** Whether an element can go this way now. */
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
    this.junction.opened()
  }

  override onCancel(cause?: unknown): void {
    this.junction.cancelled(this, cause)
  }
}

/** One input, several outputs. A kind of junction says when it would take an element and which outlets get it. */
export abstract class FanOut<In = unknown, State = unknown> extends Stage<In, never, State> {
  readonly outlets: readonly Outlet<In>[]
  private asked = false

  constructor(count: number) {
    super()
    this.outlets = Array.from({ length: count }, (_, index) => new Outlet<In>(this, index))
  }

  /** Hands the element to the outlets it is for. */
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

  /** An outlet has demand. */
  opened(): void {
    this.ask()
  }

  /** An outlet takes nothing more. A failure below is never swallowed: it ends the junction and its other outlets. */
  cancelled(outlet: Outlet, cause?: unknown): void {
    if (cause !== undefined) this.failStage(cause)
    else if (this.endsWith(outlet)) this.finish()
    else this.ask()
  }

  override ask(): void {
    if (this.asked || this.inClosed || !this.wants()) return
    this.asked = true
    this.up.resume()
  }

  /** Whether the junction is over now that this outlet is; by default when all are. */
  protected endsWith(_outlet: Outlet): boolean {
    return this.outlets.every((outlet) => outlet.outClosed)
  }

  protected override completeDown(): void {
    super.completeDown()
    for (const outlet of this.outlets) outlet.complete()
  }

  protected override failDown(error: unknown): void {
    super.failDown(error)
    for (const outlet of this.outlets) outlet.fail(error)
  }
}
