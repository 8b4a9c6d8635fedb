import { Stage } from "../engine/stage.ts"

/** The stage that feeds a substream. */
interface Feeder {
  /** A substream has demand. */
  onInputDemand(): void
  /** A substream takes no more elements. */
  onInputCancel(input: SubInput, cause?: unknown): void
}

/** The first stage of a flow that runs inside the stage that feeds it. */
export class SubInput<T = unknown> extends Stage<T, T> {
  private open = false
  /** Whether an element is being pushed. The feeder continues after the push. */
  private busy = false
  private isEnding = false

  constructor(private readonly feeder: Feeder) {
    super()
  }

  /** Whether an element can be pushed now. */
  get isReady(): boolean {
    return this.open && !this.busy && !this.outClosed && !this.run.starting
  }

  push(element: T): boolean {
    this.open = false
    this.busy = true
    if (this.down.push(element)) this.open = true
    this.busy = false
    if (this.isEnding) super.complete()
    return this.open
  }

  override resume(): void {
    this.open = true
    if (!this.busy && !this.run.starting) this.feeder.onInputDemand()
  }

  override complete(): void {
    if (this.busy) this.isEnding = true
    else super.complete()
  }

  /** Signals the demand of the start, when every stage of the substream has begun. */
  override advance(): void {
    if (this.isReady) this.feeder.onInputDemand()
  }

  override onCancel(cause?: unknown): void {
    super.onCancel(cause)
    this.feeder.onInputCancel(this, cause)
  }
}
