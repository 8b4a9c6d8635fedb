import type { Backoff } from "../backoff.ts"
import { checkReturned, type Requirement, readPredicate } from "../checks.ts"
import type { Inlet } from "../engine/fan-in-stage.ts"
import type { Chain } from "../engine/wiring.ts"
import { SubFlows } from "./sub-flows.ts"

type Saved<In> = [restarts: number, resetAt: number, isWaiting: boolean, held: In[]]

/** Runs the source or flow that `make` returns, and makes it anew after a backoff when it ends. */
export abstract class Restart<In, Out> extends SubFlows<In, Out, undefined, Saved<In>> {
  private isStarted = false
  /** Whether the stage waits for a restart, whose time is the due time. */
  protected isWaiting = false
  /** The stage ends without a restart, in the same event, so this is never saved. */
  private isEnding = false
  private endedBy: { error: unknown } | undefined

  constructor(
    private readonly backoff: Backoff,
    protected readonly onlyOnFailures: boolean,
    private readonly make: () => { chain: Chain },
  ) {
    super()
  }

  override begin(): void {
    if (!this.isStarted && !this.outClosed) this.restart()
    super.begin()
  }

  override onTimer(): void {
    if (this.isWaiting) this.restart()
    else super.onTimer()
  }

  override onSubSourceDue(): void {
    if (!this.isWaiting) super.onSubSourceDue()
  }

  override wantsFrom(): boolean {
    return this.open
  }

  /** There is one source, and it is asked only on demand. */
  protected override canForward(): boolean {
    return true
  }

  override onInletFailure(error: unknown, inlet: Inlet): void {
    this.endedBy = { error }
    this.remove(inlet)
    this.advance()
  }

  protected override onRemoved(): void {
    const { endedBy } = this
    this.endedBy = undefined
    this.onEnd(endedBy)
  }

  protected override isDrained(): boolean {
    return this.isEnding && super.isDrained()
  }

  /** What `make` returns. */
  protected abstract readonly kind: Requirement
  /** Whether a restart is possible, regardless of the backoff. */
  protected abstract mayRestart(): boolean
  protected abstract saveHeld(): In[]
  protected abstract restoreHeld(held: In[]): void

  protected saveState(): Saved<In> {
    return [this.backoff.restarts, this.backoff.resetAt, this.isWaiting, this.saveHeld()]
  }

  protected override restoreState([restarts, resetAt, isWaiting, held]: Saved<In>): void {
    this.isStarted = true
    this.backoff.restarts = restarts
    this.backoff.resetAt = resetAt
    this.isWaiting = isWaiting
    this.restoreHeld(held)
  }

  protected onEnd(failure?: { error: unknown }): void {
    let restarts: boolean
    try {
      restarts = this.mayRestart() && (failure ? this.restartsOn(failure.error) : !this.onlyOnFailures)
    } catch (error) {
      this.failStage(error)
      return
    }
    const now = this.run.now()
    const delay = restarts ? this.backoff.next(now) : undefined
    if (delay !== undefined) {
      this.isWaiting = true
      this.wakeAt(now + delay)
    } else if (failure) this.failStage(failure.error)
    else this.end()
  }

  /** Completes as soon as every element was emitted. */
  protected end(): void {
    this.isEnding = true
    this.closeInput()
  }

  private restartsOn(error: unknown): boolean {
    return readPredicate(this, "restartOn", this.backoff.restartsOn(error))
  }

  private restart(): void {
    this.isStarted = true
    this.isWaiting = false
    this.markDirty()
    this.backoff.onStart(this.run.now())
    try {
      this.start(undefined, this.chainFor())
    } catch (error) {
      this.failStage(error)
    }
  }

  protected override chainFor(): Chain {
    const made = this.make()
    checkReturned(this, "make", made, this.kind)
    return made.chain
  }
}
