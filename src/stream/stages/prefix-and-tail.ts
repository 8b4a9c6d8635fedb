import { Emitter, type None, none } from "../engine/emitter.ts"
import { Stage } from "../engine/stage.ts"
import { type Chain, type Step, stageStep } from "../engine/wiring.ts"
import { StreamTimeoutError } from "../errors.ts"

/** How long a tail may wait to be run, in milliseconds: Pekko's default for substreams. */
const subscriptionTimeout = 5_000

/** The end of the tail: without an `error` upstream has completed; with one it has failed, or the tail did not run in time. */
type End = { error?: unknown }

/**
 * Emits the first elements with a source of the rest, then completes and continues to feed that source. The stages of the source
 * may belong to another run, so each call from one side to the other is an event of the side that is called.
 */
class PrefixAndTail<T, Tail> extends Emitter<T, [prefix: T[], tail: Tail]> {
  /** `undefined` after it was emitted. */
  private prefix: T[] | undefined = []
  private tail: TailSource<T> | undefined
  private ended: End | undefined

  /** @param makeTail makes the source that begins with a step */
  constructor(
    private readonly count: number,
    private readonly makeTail: (step: Step) => Tail,
  ) {
    super()
  }

  override push(element: T): boolean {
    return this.prefix ? super.push(element) : this.feed(element)
  }

  override onComplete(): void {
    this.endTail({})
    super.onComplete()
  }

  override onFail(error: unknown): void {
    this.endTail({ error })
    super.onFail(error)
  }

  /** After the prefix, only the tail cancels upstream. */
  override onCancel(cause?: unknown): void {
    if (this.prefix) super.onCancel(cause)
  }

  /** The tail was not run in time. */
  override onTimer(): void {
    const seconds = subscriptionTimeout / 1_000
    this.ended = { error: new StreamTimeoutError(`The tail of prefixAndTail was not run within ${seconds} seconds`) }
    this.cancelUp()
  }

  /** The stages of the tail begin. */
  attach(tail: TailSource<T>): void {
    if (this.tail) {
      tail.fail(new Error("The tail of prefixAndTail runs once"))
      return
    }
    this.tail = tail
    this.wakeAt(Infinity)
    if (this.ended) endWith(tail, this.ended)
  }

  onTailDemand(): void {
    this.run.event(() => this.up.resume())
  }

  onTailCancel(tail: TailSource<T>, cause?: unknown): void {
    if (tail === this.tail) this.run.event(() => this.cancelUp(cause))
  }

  protected override onElement(element: T): void {
    this.prefix?.push(element)
  }

  protected next(): [prefix: T[], tail: Tail] | None {
    const { prefix } = this
    if (!prefix || !this.isFull) return none
    this.prefix = undefined
    if (!this.inClosed) this.wakeAt(this.run.now() + subscriptionTimeout)
    return [prefix, this.makeTail(pinnedStep("tail", () => new TailSource(this)))]
  }

  protected override wants(): boolean {
    return this.open && !this.isFull
  }

  protected isDrained(): boolean {
    return !this.prefix
  }

  protected override drain(): void {
    super.drain()
    if (!this.prefix && !this.busy) this.completeDown()
  }

  /** Whether the prefix is complete. */
  private get isFull(): boolean {
    return !this.prefix || this.inClosed || this.prefix.length === this.count
  }

  private feed(element: T): boolean {
    const { tail } = this
    let wanted = false
    tail?.run.event(() => {
      wanted = tail.push(element)
    })
    return wanted
  }

  private endTail(ended: End): void {
    this.ended = ended
    this.wakeAt(Infinity)
    const { tail } = this
    tail?.run.event(() => endWith(tail, ended))
  }
}

/** The first stage of a tail. */
class TailSource<T> extends Stage<T, T> {
  private isWanted = false

  constructor(private readonly feeder: PrefixAndTail<T, unknown>) {
    super()
  }

  push(element: T): boolean {
    return this.down.push(element)
  }

  override resume(): void {
    this.isWanted = true
    if (!this.run.starting) this.feeder.onTailDemand()
  }

  override begin(): void {
    this.feeder.attach(this)
  }

  /** Signals the demand of the start, when every stage of the tail has begun. */
  override advance(): void {
    if (this.isWanted && !this.outClosed) this.feeder.onTailDemand()
  }

  override onCancel(cause?: unknown): void {
    super.onCancel(cause)
    this.feeder.onTailCancel(this, cause)
  }
}

function endWith<T>(tail: TailSource<T>, { error }: End): void {
  if (error === undefined) tail.complete()
  else tail.fail(error)
}

/** A live stream cannot be saved as an element. */
function pinnedStep(name: string, make: () => Stage): Step {
  return stageStep(name, "pinned", make, "use flatMapPrefix, which keeps the state of the rest")
}

/** The step of `prefixAndTail`. */
export function prefixAndTailStep(count: number, makeTail: (chain: Chain) => unknown): Step {
  return pinnedStep("prefixAndTail", () => new PrefixAndTail(count, (step) => makeTail([step])))
}
