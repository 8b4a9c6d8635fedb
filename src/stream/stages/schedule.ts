import { wrongReturn } from "../checks.ts"
import { type None, none } from "../engine/emitter.ts"
import { SourceStage } from "../engine/source-stage.ts"

/**
 * Times that a function computes from what it knows, so that there is nothing to keep: after a restore it is asked for what
 * the clock has not delivered yet.
 */
export class Schedule extends SourceStage<number> {
  private time: number | None = none
  /** What was due before this time is over. */
  private from = -Infinity

  constructor(private readonly upcoming: (from: number) => number | undefined) {
    super()
  }

  override advance(): void {
    if (!this.outClosed) this.plan(Math.min(this.run.now(), this.run.deliveredUntil))
  }

  /** The next time is computed again after a restore; only that the stage is over is kept. */
  protected override markDirty(): void {
    super.markDirty()
    this.isUnchanged = !this.outClosed
  }

  override onTimer(): void {
    this.fire()
  }

  /** What the function knows may have changed during the event. What is overdue stays so. */
  override onSettled(): void {
    if (!this.outClosed) this.plan(Math.min(this.due, this.run.now()))
  }

  private plan(earliest: number): void {
    const due = this.first(Math.max(earliest, this.from))
    this.wakeAt(due)
    if (due <= this.run.now()) this.fire()
  }

  private first(from: number): number {
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

  /** However late it is, one element for all that is overdue, now included. */
  private fire(): void {
    const now = this.run.now()
    this.wakeAt(Infinity)
    this.time = now
    this.drain()
    this.time = none
    if (this.outClosed) return
    this.from = this.first(now) === now ? now + 1 : now
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
