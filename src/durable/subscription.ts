import { CloseCode, CloseError } from "../socket/close.ts"
import { stage } from "../stream/blueprint.ts"
import { atLeastOne } from "../stream/overflow.ts"
import { Source } from "../stream/source.ts"
import { Backlog, type Overflow } from "../stream/stages/backlog.ts"

/** What a subscriber does about elements that it does not want yet. */
export interface SubscriberOptions {
  /** How many wait for this subscriber. Default 16. */
  bound?: number
  /** What happens to one more; a slow subscriber never slows the others. `fail` closes with 1013. Default `dropHead`. */
  overflow?: Overflow
}

/** Whom something is published to while it is in memory. */
export class Channel<T> {
  private readonly subscriptions = new Map<unknown, Set<Subscription<T>>>()
  /** All of them, until one comes or goes. */
  private list: Subscription<T>[] | undefined

  /** @param onChange called when somebody has come or gone */
  constructor(
    readonly name: string,
    private readonly onChange: () => void = () => {},
  ) {}

  publish(element: T): void {
    for (const subscription of this.all()) subscription.receive(element)
  }

  /** What is published has ended, with an error if it has failed: so do the sources of those who listen now. */
  end(failure?: { error: unknown }): void {
    for (const subscription of this.all()) subscription.close(failure)
  }

  /** What is published from the moment on at which the source starts. */
  source({ bound = 16, overflow = "dropHead" }: SubscriberOptions = {}): Source<T> {
    atLeastOne(bound, "The bound of a subscriber")
    return new Source([stage(this.name, "keeps", () => new Subscription(this, bound, overflow))])
  }

  /** Whether a connection listens, or, without one, anybody does. */
  isHeardBy(origin?: unknown): boolean {
    return origin === undefined ? this.subscriptions.size > 0 : this.subscriptions.has(origin)
  }

  add(subscription: Subscription<T>): void {
    const { origin } = subscription.run
    this.list = undefined
    this.subscriptions.set(origin, (this.subscriptions.get(origin) ?? new Set()).add(subscription))
    this.onChange()
  }

  remove(subscription: Subscription<T>): void {
    const { origin } = subscription.run
    const group = this.subscriptions.get(origin)
    if (!group?.delete(subscription)) return
    this.list = undefined
    if (group.size === 0) this.subscriptions.delete(origin)
    this.onChange()
  }

  private all(): readonly Subscription<T>[] {
    this.list ??= [...this.subscriptions.values()].flatMap((group) => [...group])
    return this.list
  }
}

/** A channel, whatever is published in it. */
export type AnyChannel = Pick<Channel<unknown>, "name" | "isHeardBy">

/** One subscriber: the head of its flow. */
export class Subscription<T = unknown> extends Backlog<T> {
  constructor(
    readonly channel: Channel<T>,
    bound: number,
    overflow: Overflow,
  ) {
    super(bound, overflow)
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

  /** Nothing more is to come; a failure overtakes what still waits. */
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
