import { CloseCode, CloseError } from "../../socket/close.ts"
import { stage } from "../../stream/blueprint.ts"
import { atLeastOne } from "../../stream/overflow.ts"
import { Source } from "../../stream/source.ts"
import { Backlog, type DropStrategy } from "../../stream/stages/backlog.ts"

/** What a subscriber does about elements that it does not want yet. */
export interface SubscriberOptions {
  /** How many wait for this subscriber. Default 16. */
  bufferSize?: number
  /** What happens to one more; a slow subscriber never slows the others. `fail` closes with 1013. Default `dropHead`. */
  overflow?: DropStrategy
}

export const defaultBound = 16

/** A subscriber in memory, as its channel sees it. */
export interface Subscriber<T> {
  readonly run: { readonly origin: unknown }
  /** Whether it will get what is published from somewhere else, when it wants it. */
  readonly isBehind: boolean
  receive(element: T): void
  /** Its source ends, with an error if what is published has failed. */
  close(failure?: { error: unknown }): void
}

/** A topic and its subscribers in memory. */
export class Channel<T> {
  /** By the owner of their runs. */
  private readonly subscriptions = new Map<unknown, Set<Subscriber<T>>>()
  /** All of them, until one is added or removed. */
  private list: Subscriber<T>[] | undefined

  /** @param onChange called when a subscriber was added or removed */
  constructor(
    readonly name: string,
    private readonly onChange: () => void = () => {},
  ) {}

  /** Delivers an element to every subscriber, but for those of the owners in `except`. */
  publish(element: T, except?: ReadonlySet<unknown>): void {
    for (const subscription of this.all()) {
      if (!except?.has(subscription.run.origin)) subscription.receive(element)
    }
  }

  /** Ends the sources of the current subscribers, with an error if what is published has failed. */
  end(failure?: { error: unknown }): void {
    for (const subscription of this.all()) subscription.close(failure)
  }

  /** What is published from the moment at which the source starts, after the elements of `first`. */
  source(
    { bufferSize = defaultBound, overflow = "dropHead" }: SubscriberOptions = {},
    first?: () => readonly T[],
  ): Source<T> {
    atLeastOne(bufferSize, "The bound of a subscriber")
    return new Source([stage(this.name, "keeps", () => new Subscription(this, bufferSize, overflow, first))])
  }

  /** Whether a connection subscribes; without one, whether there is any subscriber. */
  hasSubscriber(owner?: unknown): boolean {
    return owner === undefined ? this.subscriptions.size > 0 : this.subscriptions.has(owner)
  }

  /** Whether a connection has to be in memory for what is published. */
  needs(owner: unknown): boolean {
    for (const subscriber of this.subscriptions.get(owner) ?? []) if (!subscriber.isBehind) return true
    return false
  }

  add(subscription: Subscriber<T>): void {
    const { origin } = subscription.run
    this.list = undefined
    this.subscriptions.set(origin, (this.subscriptions.get(origin) ?? new Set()).add(subscription))
    this.onChange()
  }

  remove(subscription: Subscriber<T>): void {
    const { origin } = subscription.run
    const group = this.subscriptions.get(origin)
    if (!group?.delete(subscription)) return
    this.list = undefined
    if (group.size === 0) this.subscriptions.delete(origin)
    this.onChange()
  }

  /** Removes all subscribers of an owner. */
  drop(owner: unknown): void {
    if (!this.subscriptions.delete(owner)) return
    this.list = undefined
    this.onChange()
  }

  private all(): readonly Subscriber<T>[] {
    this.list ??= [...this.subscriptions.values()].flatMap((group) => [...group])
    return this.list
  }
}

/** A channel, whatever its elements are. */
export type AnyChannel = Pick<Channel<unknown>, "name" | "hasSubscriber" | "needs" | "drop">

/** A subscriber: the first stage of its flow. */
export class Subscription<T = unknown> extends Backlog<T> implements Subscriber<T> {
  readonly isBehind = false

  constructor(
    readonly channel: Channel<T>,
    bufferSize: number,
    overflow: DropStrategy,
    private readonly first: () => readonly T[] = () => [],
  ) {
    super(bufferSize, overflow)
  }

  override onStart(): void {
    try {
      for (const element of this.first()) this.put(element)
    } catch (error) {
      this.failDown(error)
    }
  }

  override begin(): void {
    if (!this.outClosed && !this.ended) this.channel.add(this)
    super.begin()
  }

  receive(element: T): void {
    this.run.event(() => {
      try {
        this.put(element)
      } catch {
        this.close({ error: new CloseError(CloseCode.tryAgainLater, "Too slow") })
      }
    })
  }

  /** Ends after the elements that wait; a failure overtakes them. */
  close(failure?: { error: unknown }): void {
    this.channel.remove(this)
    this.run.event(() => {
      if (failure) this.failDown(failure.error)
      else this.end()
    })
  }

  override onCancel(): void {
    this.channel.remove(this)
  }
}
