import { CloseCode, CloseError } from "../../socket/close.ts"
import { requirePositiveInteger } from "../../stream/argument.ts"
import { stageStep } from "../../stream/engine/wiring.ts"
import { BufferOverflowError } from "../../stream/errors.ts"
import { type DropStrategy, requireDropStrategy } from "../../stream/overflow.ts"
import { Source } from "../../stream/source.ts"
import { ExternalSource } from "../../stream/stages/external-source.ts"
import type { Failure } from "./graph-settings.ts"

/** The buffer of a subscriber. A slow subscriber does not slow down the others, unless its hub has `backpressure`. */
export interface SubscriberOptions {
  /** The number of elements in the buffer, at least 1. Default 16. */
  bufferSize?: number
  /** Which elements a full buffer drops. Default `dropHead`. `fail` closes the connection with 1013 instead. */
  overflow?: DropStrategy
}

export const defaultBufferSize = 16

/** A sink that waits for room in the buffers of all subscribers. */
export interface Publisher {
  onRoom(): void
}

/** A subscriber in memory, as its channel sees it. */
export interface Subscriber<T> {
  readonly run: { readonly owner: unknown }
  /** Whether it still has to read elements from its log, so that it does not need a new one at once. */
  readonly isBehind: boolean
  /** Whether its buffer is full. */
  readonly isFull?: boolean
  /** Whether its log has overwritten elements that it has not read. */
  readonly hasGap?: boolean
  /** The number of the last element that was announced before its start: see `Channel.announce`. */
  readonly since?: number
  receive(element: T): void
  /** An element is published that is not for it. */
  skip?(): void
  /** Ends its source, with an error if the published source has failed. */
  close(failure?: Failure): void
}

/** A topic and its subscribers in memory. */
export class Channel<T> {
  /** By the owner of their runs. */
  private readonly subscriptions = new Map<unknown, Set<Subscriber<T>>>()
  /** All subscriptions; `undefined` after one was added or removed. */
  private list: Subscriber<T>[] | undefined
  /** The publishers that wait for room. */
  readonly waiting = new Set<Publisher>()
  /** How many elements wait for a commit or for another broadcast. */
  undelivered = 0
  /** The number of the last announced element. */
  announced = 0
  /** Whether a subscriber has been restored, so that the published source ran before the object hibernated. */
  isContinued = false

  /** @param onChange called when a subscriber was added or removed */
  constructor(
    readonly name: string,
    private readonly onChange: () => void = () => {},
  ) {}

  /**
   * Returns the number of an element that is about to be published, maybe after other broadcasts. A subscriber that starts meanwhile does
   * not get the element: it begins with a later state.
   */
  announce(): number {
    return ++this.announced
  }

  /** Delivers an element to every subscriber, except those of the owners in `except`. */
  publish(element: T, except?: ReadonlySet<unknown>, number = this.announce()): void {
    for (const subscription of this.all()) {
      if ((subscription.since ?? 0) >= number) continue
      if (except?.has(subscription.run.owner)) subscription.skip?.()
      else subscription.receive(element)
    }
  }

  /** Whether an element waits to be delivered, or the buffer of a subscriber in memory is full. */
  get isFull(): boolean {
    return this.undelivered > 0 || this.all().some(({ isFull }) => isFull)
  }

  /** The buffer of a subscriber may have room again. */
  onRoom(): void {
    // A publisher that waits again is the last one then.
    for (const publisher of this.waiting) {
      if (this.isFull) return
      this.waiting.delete(publisher)
      publisher.onRoom()
    }
  }

  /** Ends the sources of the current subscribers, with an error if the published source has failed. */
  end(failure?: Failure): void {
    for (const subscription of this.all()) subscription.close(failure)
  }

  /** Emits the elements of `first`, and then everything that is published after the start of the source. */
  source(
    { bufferSize = defaultBufferSize, overflow = "dropHead" }: SubscriberOptions = {},
    first?: () => readonly T[],
  ): Source<T> {
    requirePositiveInteger("The bufferSize of a subscriber", bufferSize)
    requireDropStrategy("The overflow of a subscriber", overflow)
    return new Source([stageStep(this.name, "keeps", () => new Subscription(this, bufferSize, overflow, first))])
  }

  /** Whether an owner of runs subscribes. Without an owner: whether there is any subscriber. */
  hasSubscriber(owner?: unknown): boolean {
    return owner === undefined ? this.subscriptions.size > 0 : this.subscriptions.has(owner)
  }

  /** Whether a connection needs each element at once. A subscriber that is behind reads it from its log later. */
  needs(owner: unknown): boolean {
    for (const subscriber of this.subscriptions.get(owner) ?? []) if (!subscriber.isBehind) return true
    return false
  }

  /** Whether an owner subscribes more than once, so that an element that is sent directly would reach only one of its subscriptions. */
  hasSeveral(owner: unknown): boolean {
    return (this.subscriptions.get(owner)?.size ?? 0) > 1
  }

  /** Whether a subscription of an owner has lost elements. */
  hasGap(owner: unknown): boolean {
    for (const subscriber of this.subscriptions.get(owner) ?? []) if (subscriber.hasGap) return true
    return false
  }

  add(subscription: Subscriber<T>): void {
    const { owner } = subscription.run
    this.list = undefined
    this.subscriptions.set(owner, (this.subscriptions.get(owner) ?? new Set()).add(subscription))
    this.onChange()
  }

  remove(subscription: Subscriber<T>): void {
    const { owner } = subscription.run
    const group = this.subscriptions.get(owner)
    if (!group?.delete(subscription)) return
    this.list = undefined
    if (group.size === 0) this.subscriptions.delete(owner)
    this.onChange()
    this.onRoom()
  }

  /** Removes the subscriptions of an owner. */
  removeSubscriber(owner: unknown): void {
    if (!this.subscriptions.delete(owner)) return
    this.list = undefined
    this.onChange()
    this.onRoom()
  }

  private all(): readonly Subscriber<T>[] {
    this.list ??= [...this.subscriptions.values()].flatMap((group) => [...group])
    return this.list
  }
}

/** A channel of any elements. */
export type AnyChannel = Pick<
  Channel<unknown>,
  "name" | "isContinued" | "hasSubscriber" | "needs" | "hasSeveral" | "hasGap" | "removeSubscriber"
>

/**
 * The owner of a shared graph's run that begins, although from a stored state: the graph did not run before. So the shared sources
 * that it subscribes to did not run for it.
 */
export class BegunRun {}

/** The stage of a subscriber, at the head of its flow. */
export class Subscription<T = unknown> extends ExternalSource<T> implements Subscriber<T> {
  readonly isBehind = false
  /** -1 for one that is restored. */
  since = -1

  constructor(
    readonly channel: Channel<T>,
    private readonly size: number,
    overflow: DropStrategy,
    private readonly first: () => readonly T[] = () => [],
  ) {
    super(size, overflow)
  }

  get isFull(): boolean {
    return this.waiting >= this.size
  }

  override onStart(): void {
    this.since = this.channel.announced
    try {
      for (const element of this.first()) this.put(element)
    } catch (error) {
      this.failDown(error)
    }
  }

  override begin(): void {
    if (!this.outClosed && !this.ended) {
      this.channel.isContinued ||= this.since < 0 && !(this.run.owner instanceof BegunRun)
      this.channel.add(this)
    }
    super.begin()
  }

  get directSources(): readonly string[] {
    return [this.channel.name]
  }

  receive(element: T): void {
    this.run.event(() => {
      try {
        this.put(element)
      } catch (error) {
        const isSlow = error instanceof BufferOverflowError
        this.close({ error: isSlow ? new CloseError(CloseCode.tryAgainLater, "Too slow") : error })
      }
    })
  }

  /** Completes after the buffered elements. A failure overtakes them. */
  close(failure?: Failure): void {
    this.channel.remove(this)
    this.run.event(() => {
      if (failure) this.failDown(failure.error)
      else this.end()
    })
  }

  override onCancel(): void {
    this.channel.remove(this)
  }

  /** Calls waiting publishers after the loop that has made room, because an element cannot be emitted while another one is. */
  protected override drain(): void {
    super.drain()
    if (!this.busy) this.channel.onRoom()
  }
}
