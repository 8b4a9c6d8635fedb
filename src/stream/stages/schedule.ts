import { wrongReturn } from "../checks.ts"
import { type None, none } from "../engine/emitter.ts"
import { SourceStage } from "../engine/source-stage.ts"

/**
 * Emits at the times that a function computes. It saves no state: after a restore it asks the function for the first time
 * that the clock has not yet delivered.
 */
export class Schedule extends SourceStage<number> {
  private time: number | None = none
  /** Times before this one are done. */
  private from = -Infinity

  constructor(private readonly upcoming: (from: number) => number | undefined) {
    super()
  }

  override advance(): void {
    if (!this.outClosed) this.plan(Math.min(this.run.now(), this.run.deliveredUntil))
  }

  /** The next time is computed again after a restore, so only a closed output is saved. */
  protected override markDirty(): void {
    super.markDirty()
    if (!this.outClosed) this.changes = "none"
  }

  override onTimer(): void {
    this.fire()
  }

  /** The event may have changed the result of the function. Overdue times stay overdue. */
  override onSettled(): void {
    if (!this.outClosed) this.plan(Math.min(this.due, this.run.now()))
  }

  private plan(earliest: number): void {
    const due = this.nextTime(Math.max(earliest, this.from))
    this.wakeAt(due)
    if (due <= this.run.now()) this.fire()
  }

  private nextTime(from: number): number {
    try {
      const time: unknown = this.upcoming(from) ?? Infinity
      if (typeof time !== "number" || Number.isNaN(time)) {
        throw wrongReturn(this, "upcoming", time, "a time in milliseconds, or undefined for none")
      }
      const due = Math.floor(time)
      if (due < from) throw new RangeError(`schedule: the time at or after ${from} cannot be ${due}`)
      return due
    } catch (error) {
      this.failStage(error)
      return Infinity
    }
  }

  /** Emits one element for all overdue times, including the current one. */
  private fire(): void {
    const now = this.run.now()
    this.wakeAt(Infinity)
    this.time = now
    this.drain()
    this.time = none
    if (this.outClosed) return
    this.from = this.nextTime(now) === now ? now + 1 : now
    this.plan(this.from)
  }

  protected next(): number | None {
    const time = this.time
    this.time = none
    return time
  }

  protected isDrained(): boolean {
    return false
  }
}
