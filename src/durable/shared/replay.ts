import { stage } from "../../stream/blueprint.ts"
import { atLeastOne } from "../../stream/overflow.ts"
import { Sink } from "../../stream/sink.ts"
import { SinkStage } from "../../stream/stages/sink.ts"

/** Publishes every element of a shared source, and keeps the last ones for late subscribers. */
export class Replay<T> {
  private running: ReplayStage<T> | undefined

  constructor(
    private readonly count: number,
    private readonly publish: (element: T) => void,
    /** What is stored while the source does not run. */
    private readonly stored: () => unknown,
  ) {
    atLeastOne(count, "The replay of a shared source")
  }

  /** The elements for a late subscriber, the oldest first. */
  get recent(): readonly T[] {
    return this.running?.recent ?? (this.stored() as readonly T[] | undefined) ?? []
  }

  /** The source has ended: the next run starts from the beginning. */
  reset(): void {
    this.running = undefined
  }

  get sink(): Sink<T> {
    return new Sink([
      stage("replay", "keeps", () => {
        this.running = new ReplayStage(this.count, this.publish)
        return this.running
      }),
    ])
  }
}

class ReplayStage<T> extends SinkStage<T, void, readonly T[]> {
  recent: readonly T[] = []

  constructor(
    private readonly count: number,
    private readonly publish: (element: T) => void,
  ) {
    super()
  }

  push(element: T): boolean {
    this.recent = [...this.recent, element].slice(-this.count)
    this.changed()
    this.publish(element)
    return !this.inClosed
  }

  override onComplete(): void {
    this.succeed()
  }

  override save(): readonly T[] {
    return this.recent
  }

  override restore(recent: readonly T[]): void {
    this.recent = recent
  }
}
