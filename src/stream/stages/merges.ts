import { type None, none } from "../engine/emitter.ts"
import type { Inlet } from "../engine/fan-in-stage.ts"
import type { Upstream } from "../engine/stage.ts"
import { EagerMerge } from "./eager-merge.ts"

/** Takes from one inlet while that has an element, and else from the others. */
export class MergePreferred<T> extends EagerMerge<T> {
  constructor(
    private readonly preferred: number,
    eagerComplete: boolean,
  ) {
    super(2, eagerComplete)
  }

  /** The direct sources of both inlets, because an element that does not wait is emitted unchanged. None while an element waits. */
  get directSources(): readonly string[] {
    if (!this.isEmpty) return []
    return this.inlets.flatMap(({ up, inClosed }) => (inClosed ? [] : (up.directSources ?? [])))
  }

  get directLog(): string | undefined {
    const { log } = this
    return log && !log.inClosed && this.isEmpty ? log.up.directLog : undefined
  }

  /** The sources of a flow do not emit during each other's events, so what is emitted while a log emits is its element. */
  get directElement(): Upstream["directElement"] {
    return this.log?.up.directElement
  }

  rewind(hub: string, number: number): boolean {
    const { log } = this
    if (!log?.up.rewind) return false
    // An element that waits comes again.
    const waiting = log.take()
    const isRewound = log.up.rewind(hub, number)
    if (!isRewound) log.element = waiting
    return isRewound
  }

  /** The inlet of a hub with a log, if the other one has none. */
  private get log(): Inlet | undefined {
    const [log, ...others] = this.inlets.filter(({ up }) => up.rewind)
    return others.length === 0 ? log : undefined
  }

  private get isEmpty(): boolean {
    return this.inlets.every(({ isEmpty }) => isEmpty)
  }

  protected override canForward(): boolean {
    return this.isAlone
  }

  protected next(): T | None {
    // Fills the inlets first, so that a preferred source that never pauses comes first.
    this.askInlets()
    const element = this.takeFrom(this.preferred)
    return element === none ? this.takeFrom(1 - this.preferred) : element
  }
}

/** The latest element of each inlet, or nothing, and the inlets with a new element, in the order of arrival. */
type Saved = [latest: unknown[][], arrivals: number[]]

/** Emits an array of the latest elements for each element that arrives, after all inlets have had one. */
export class MergeLatest<Out> extends EagerMerge<Out, Saved> {
  private latest: unknown[][] = this.inlets.map(() => [])
  private arrivals: number[] = []

  /** Takes an element without demand, if no array can be emitted for it. */
  protected override recordArrival(inlet: Inlet): void {
    if (this.completes(inlet)) this.arrivals.push(inlet.index)
    else this.latest[inlet.index] = [inlet.take()]
    this.markDirty()
  }

  protected next(): Out | None {
    const index = this.arrivals.shift()
    if (index === undefined) return none
    this.latest[index] = [this.takeFrom(index)]
    return this.latest.flat() as Out
  }

  override save(): Saved {
    return [this.latest, this.arrivals]
  }

  override restore([latest, arrivals]: Saved): void {
    this.latest = latest
    this.arrivals = arrivals
  }

  private completes(inlet: Inlet): boolean {
    if (this.arrivals.length > 0) return true
    return this.latest.every((latest, index) => latest.length > 0 || index === inlet.index)
  }
}
