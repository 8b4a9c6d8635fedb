import { readPredicate } from "../checks.ts"
import { type None, none } from "../engine/emitter.ts"
import { SourceStage } from "../engine/source-stage.ts"

/** Grid points `startedAt + n × every`: the clock may be late, the grid never moves. */
export class Tick extends SourceStage<number, [startedAt: number, upcoming: number]> {
  private startedAt = 0
  /** The number of the next tick: none comes twice, even where the condition changes twice at its very time. */
  private upcoming = 0
  private tick: number | None = none
  override readonly isClockDerived = true

  constructor(
    private readonly every: number,
    private readonly initialDelay: number,
    private readonly condition: (() => boolean) | undefined,
  ) {
    super()
  }

  override onStart(): void {
    this.startedAt = this.run.now() + this.initialDelay
    this.markDirty()
    if (this.initialDelay === 0) this.emitTick(0)
    else this.schedule(this.startedAt)
  }

  override advance(): void {
    super.advance()
    // Drops a tick for which there is no demand: a slow consumer gets the newest one and never a backlog.
    this.tick = none
  }

  override onTimer(): void {
    // The division may be a hair less than the number whose time it is.
    const reached = Math.floor((this.run.now() - this.startedAt) / this.every)
    this.emitTick(Math.max(reached, this.upcoming))
    this.advance()
  }

  /** What the condition depends on may have changed during the event. */
  override onSettled(): void {
    if (this.outClosed || !this.condition) return
    const reached = Math.ceil((this.run.now() - this.startedAt) / this.every)
    this.schedule(this.due === Infinity ? this.timeOf(Math.max(reached, this.upcoming)) : this.due)
  }

  private emitTick(tick: number): void {
    if (!this.schedule(this.timeOf(tick + 1))) return
    this.tick = tick
    this.upcoming = tick + 1
  }

  private timeOf(tick: number): number {
    return this.startedAt + tick * this.every
  }

  private schedule(due: number): boolean {
    try {
      const goesOn = !this.condition || readPredicate(this, "while", this.condition())
      this.wakeAt(goesOn ? due : Infinity)
      return goesOn
    } catch (error) {
      return this.failStage(error)
    }
  }

  protected next(): number | None {
    const tick = this.tick
    this.tick = none
    return tick
  }

  protected isDrained(): boolean {
    return false
  }

  override save(): [startedAt: number, upcoming: number] {
    return [this.startedAt, this.upcoming]
  }

  override restore([startedAt, upcoming]: [startedAt: number, upcoming: number]): void {
    this.startedAt = startedAt
    this.upcoming = upcoming
    this.catchUp()
  }

  /** The snapshot may be older than the tick that was delivered last, never newer. The clock counts whole milliseconds. */
  private catchUp(): void {
    const delivered = Math.min(this.run.now(), this.run.deliveredUntil) - 1
    const reached = Math.floor((delivered - this.startedAt) / this.every) + 1
    if (this.due === Infinity || this.timeOf(reached) <= this.due) return
    this.upcoming = reached
    this.due = this.timeOf(reached)
  }
}
