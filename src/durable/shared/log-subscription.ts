import { type None, none } from "../../stream/engine/emitter.ts"
import { SourceStage } from "../../stream/engine/source-stage.ts"
import { placeOf } from "../../stream/engine/stage.ts"
import { RestoreError } from "../../stream/errors.ts"
import type { Channel, Subscriber } from "./channel.ts"
import type { Failure } from "./graph-settings.ts"
import type { HubLog } from "./hub-log.ts"

/**
 * A subscriber of a hub that keeps a log: the first stage of its flow. It has no buffer, because elements without demand are in the
 * log. It saves only the number of its next element, and nothing while it has caught up.
 */
export class LogSubscription<T = unknown> extends SourceStage<T, number> implements Subscriber<T> {
  private position: number | undefined
  /** The number of the element that is being emitted. */
  private emitting: number | undefined
  /** Whether a number was saved. */
  private isSaved = false

  /** @param last how many of the elements that are kept come first */
  constructor(
    readonly channel: Channel<T>,
    private readonly log: HubLog<T>,
    private readonly last: number,
    private readonly isExcluded: (ids: readonly string[], owner: unknown) => boolean,
  ) {
    super()
  }

  /** A hibernating subscriber that has caught up gets an element directly. */
  get directSources(): readonly string[] {
    return this.isBehind ? [] : [this.channel.name]
  }

  get directLog(): string | undefined {
    return this.directSources[0]
  }

  get directElement(): { hub: string; number: number } | undefined {
    return this.emitting === undefined ? undefined : { hub: this.channel.name, number: this.emitting }
  }

  rewind(hub: string, number: number): boolean {
    if (hub !== this.channel.name || this.outClosed) return false
    this.position = number
    this.receive()
    return true
  }

  get isBehind(): boolean {
    return this.position !== undefined && this.position < this.log.next
  }

  get hasGap(): boolean {
    return this.position !== undefined && this.position < this.log.first
  }

  override onStart(): void {
    this.position = Math.max(this.log.first, this.log.delivered - this.last)
    this.markDirty()
  }

  override begin(): void {
    this.position ??= this.log.delivered
    if (!this.outClosed) this.channel.add(this)
    super.begin()
  }

  receive(): void {
    this.run.event(() => {
      this.drain()
      if (this.isBehind) this.markDirty()
    })
  }

  /** An element is published that is not for this subscriber. */
  skip(): void {
    this.receive()
  }

  close(failure?: Failure): void {
    this.channel.remove(this)
    this.run.event(() => {
      if (failure) this.failDown(failure.error)
      else this.completeDown()
    })
  }

  override onCancel(): void {
    this.channel.remove(this)
  }

  override save(): number | undefined {
    this.isSaved = this.isBehind
    return this.isSaved ? this.position : undefined
  }

  /** Before a deploy that has given its hub `keep`, the state was a buffer. */
  override checkSaved(position: unknown): void {
    if (typeof position !== "number") throw new RestoreError(`${placeOf(this)} had a buffer before its hub had keep`)
  }

  override restore(position: number): void {
    this.position = position
    this.isSaved = true
  }

  protected next(): T | None {
    const { log } = this
    // Storage may have been emptied. A subscriber that is behind by more than the length of the log has lost its oldest elements.
    if (this.position === undefined || this.position > log.next) this.position = log.delivered
    let position = Math.max(this.position, log.first)
    let found = log.get(position)
    while (found && this.isExcluded(found.except, this.run.owner)) found = log.get(++position)
    this.position = found ? position + 1 : position
    this.emitting = found ? position : undefined
    // It has caught up with elements that are gone or not for it, and `drain` marks only progress by an element.
    if (!found) this.markProgress()
    return found ? found.element : none
  }

  protected override drain(): void {
    super.drain()
    if (!this.busy) this.emitting = undefined
  }

  protected isDrained(): boolean {
    return false
  }

  protected override markProgress(): void {
    if (this.isSaved) this.markDirty()
  }
}
