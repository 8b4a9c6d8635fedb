import { requirePositiveInteger } from "../../stream/argument.ts"
import { SinkStage } from "../../stream/engine/sink-stage.ts"
import { sinkStep } from "../../stream/engine/wiring.ts"
import { Sink } from "../../stream/sink.ts"

/** Publishes every element of a shared source, and keeps the last `count` elements for late subscribers. */
export function replaying<T>(count: number, publish: (element: T) => void): Sink<T> {
  requirePositiveInteger("The replay of a shared source", count)
  return new Sink([sinkStep("replay", "keeps", () => new Replay(count, publish))])
}

class Replay<T> extends SinkStage<T, void, readonly T[]> {
  private recent: readonly T[] = []

  constructor(
    private readonly count: number,
    private readonly publish: (element: T) => void,
  ) {
    super()
  }

  push(element: T): boolean {
    this.recent = [...this.recent, element].slice(-this.count)
    this.markDirty()
    this.publish(element)
    return !this.inClosed
  }

  override onComplete(): void {
    this.succeed()
  }

  /** The elements for a late subscriber, the oldest first. */
  override save(): readonly T[] {
    return this.recent
  }

  override restore(recent: readonly T[]): void {
    this.recent = recent
  }
}
