import { Stage } from "../engine/stage.ts"

/** One of two stages in otherwise unconnected chains that end together. */
export class Coupled<T> extends Stage<T, T, true> {
  partner: Coupled<unknown> | undefined
  /** Whether a failure has reached the stage below, or has come from there. */
  hasFailed = false

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

  override save(): true | undefined {
    return this.hasFailed || undefined
  }

  /** The sink may report the failure later. */
  override saveClosed(): true | undefined {
    return this.save()
  }

  override restore(): void {
    this.hasFailed = true
  }

  protected override failDown(error: unknown): void {
    this.hasFailed ||= !this.outClosed
    super.failDown(error)
  }
}
