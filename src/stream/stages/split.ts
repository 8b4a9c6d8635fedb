import { aFlow, checkReturned, readPredicate } from "../checks.ts"
import { type None, none } from "../engine/emitter.ts"
import type { Chain } from "../engine/wiring.ts"
import { SubFlows } from "./sub-flows.ts"

type Saved<T> = [startsSegment: boolean, isLast: boolean, held: T[]]

/** Runs a flow for each segment of the stream, one after the other. Holds the element whose segment cannot take it yet. */
export class Split<T, Out> extends SubFlows<T, Out, undefined, Saved<T>> {
  /** The next element starts a segment. */
  private startsSegment = true
  private held: T | None = none
  /** The held element is the last of its segment. */
  private isLast = false

  constructor(
    private readonly after: boolean,
    private readonly predicate: (element: T) => boolean,
    private readonly f: () => { chain: Chain },
  ) {
    super()
  }

  protected override onElement(element: T): void {
    const splits = readPredicate(this, "predicate", this.predicate(element))
    if (splits && !this.after) this.endSegment()
    this.held = element
    this.isLast = splits && this.after
    this.feed()
  }

  override onComplete(): void {
    this.completeInput()
    this.drain()
  }

  protected override feed(): void {
    if (this.held === none) return
    if (this.startsSegment) {
      if (this.running > 0) return
      this.startsSegment = false
      try {
        this.start(undefined, this.chainFor())
      } catch (error) {
        this.failStage(error)
        return
      }
      // The segment may have taken the element while it started.
      if (this.held === none) return
    }
    const { input, held, isLast } = this
    if (input && !input.outClosed && !input.isReady) return
    this.held = none
    this.startsSegment = isLast
    this.markDirty()
    // Drops the rest of a segment that takes no more elements.
    if (input?.isReady) input.push(held)
    if (isLast) input?.complete()
    if (this.inClosed) this.completeInput()
  }

  /** The element that waits starts the next segment. */
  protected override onRemoved(): void {
    this.feed()
  }

  protected override wants(): boolean {
    if (this.held !== none || this.running === 0) return this.held === none
    const { input } = this
    return !this.startsSegment && input !== undefined && (input.isReady || input.outClosed)
  }

  protected override isDrained(): boolean {
    return this.held === none && super.isDrained()
  }

  protected chainFor(): Chain {
    const flow = this.f()
    checkReturned(this, "f", flow, aFlow)
    return flow.chain
  }

  protected saveState(): Saved<T> {
    return [this.startsSegment, this.isLast, this.held === none ? [] : [this.held]]
  }

  protected override restoreState([startsSegment, isLast, held]: Saved<T>): void {
    this.startsSegment = startsSegment
    this.isLast = isLast
    if (held.length > 0) this.held = held[0] as T
  }

  private endSegment(): void {
    if (this.startsSegment) return
    this.startsSegment = true
    this.markDirty()
    this.input?.complete()
  }

  private completeInput(): void {
    if (this.held === none) this.input?.complete()
  }
}
