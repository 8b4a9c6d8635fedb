import { checkNames } from "../author-value.ts"
import { checkFunctions, readPredicate } from "../checks.ts"
import { type Duration, toMilliseconds } from "../duration.ts"
import { type None, none } from "../engine/emitter.ts"
import { SourceStage } from "../engine/source-stage.ts"

/** The options of `Source.tick`. */
export interface TickOptions {
  /** The time before the first tick, at least 0 ms. Default 0. */
  initialDelay?: Duration
  /** Whether there are ticks. Called again after every event. Default: always. */
  while?: () => boolean
}

/** Checks the arguments of `Source.tick` and returns a function that makes its stage. */
export function tick(every: Duration, options: TickOptions = {}): () => Tick {
  const { initialDelay = 0, while: condition } = options
  checkNames("tick option", options, { initialDelay, while: condition })
  const period = toMilliseconds(every, 1, "tick: every")
  const delay = toMilliseconds(initialDelay, 0, "tick: initialDelay")
  if (condition !== undefined) checkFunctions("tick", { while: condition })
  return () => new Tick(period, delay, condition)
}

/** Ticks at `startedAt + n × every`. A late clock does not move later ticks. */
export class Tick extends SourceStage<number, [startedAt: number, upcoming: number]> {
  private startedAt = 0
  /** The number of the next tick. Prevents a second tick when the condition changes twice at the same time. */
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
    // Drops a tick without demand, so that a slow consumer gets the newest tick and no backlog.
    this.tick = none
  }

  override onTimer(): void {
    // Rounding may make the quotient slightly less than the number of the due tick.
    const reached = Math.floor((this.run.now() - this.startedAt) / this.every)
    this.emitTick(Math.max(reached, this.upcoming))
    this.advance()
  }

  /** The event may have changed the result of the condition. */
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

  /** Skips ticks that were delivered after the snapshot was saved. The clock counts whole milliseconds. */
  private catchUp(): void {
    const delivered = Math.min(this.run.now(), this.run.deliveredUntil) - 1
    const reached = Math.floor((delivered - this.startedAt) / this.every) + 1
    if (this.due === Infinity || this.timeOf(reached) <= this.due) return
    this.upcoming = reached
    this.due = this.timeOf(reached)
  }
}
