import type { Transactions } from "../transactions.ts"
import { type AnyChannel, Channel } from "./channel.ts"
import type { HubLog } from "./hub-log.ts"

/** The parts of an object that its topics use. */
export interface TopicsHost {
  event(handler: () => void): void
  whileBroadcasting(element: unknown, publish: () => void): void
  /** Publishes to hibernating subscribers. */
  publishHibernating(channel: string, element: unknown, except: readonly string[]): void
  /** The owners of the runs of connections. */
  ownersOf(ids: readonly string[]): ReadonlySet<unknown>
  subscribersChanged(): void
  /** Makes an actor or a channel, or neither, the sender of everything that is sent during `run`. */
  readonly outbound: {
    readonly sender: object | undefined
    withSender(sender: object | undefined, run: () => void): void
  }
  readonly transactions: Transactions
}

/** How an element is published. */
interface Publication<T> {
  /** The actor or the channel that publishes. If its state cannot be stored, the element is dropped. */
  sender?: object | undefined
  /** The log that keeps the element. Such an element is not dropped, because subscribers count the elements of the log. */
  log?: HubLog<T>
}

/** The channels of an object, and the order of the elements that are published to them. */
export class Topics {
  readonly channels: AnyChannel[] = []
  /** The broadcasts under way, so that all subscribers see the same order. */
  private readonly broadcasts: (() => void)[] = []

  constructor(private readonly host: TopicsHost) {}

  /** @param title its name in errors, such as `cell "count"` */
  channel<T>(name: string, title: string): Channel<T> {
    if (this.channels.some((channel) => channel.name === name)) {
      throw new Error(`The object has a ${title} already: declare it once, as a field of the class`)
    }
    const channel = new Channel<T>(name, () => this.host.subscribersChanged())
    this.channels.push(channel)
    return channel
  }

  /**
   * Publishes an element to every subscriber, except the connections in `except`. In a transaction it waits for the commit.
   *
   * @throws for an element that structured clone refuses, if there is a log
   */
  publish<T>(
    channel: Channel<T>,
    element: T,
    except: readonly string[] = [],
    { log, sender = log ? undefined : this.host.outbound.sender }: Publication<T> = {},
  ): void {
    const { transactions, outbound } = this.host
    const publish = () => {
      this.host.publishHibernating(channel.name, element, except)
      channel.publish(element, except.length > 0 ? this.host.ownersOf(except) : undefined)
    }
    const send = () => this.host.whileBroadcasting(element, () => outbound.withSender(sender, publish))
    const broadcast = () => (log ? log.add(element, except, send) : send())
    if (transactions.isOpen) transactions.whenCommitted(() => this.host.event(() => this.inOrder(broadcast)))
    else this.host.event(() => this.inOrder(broadcast))
  }

  /** Removes the subscriptions of an owner from all channels. */
  removeSubscriber(owner: unknown): void {
    for (const channel of this.channels) channel.removeSubscriber(owner)
  }

  private inOrder(broadcast: () => void): void {
    if (this.broadcasts.push(broadcast) > 1) return
    try {
      for (const next of this.broadcasts) next()
    } finally {
      this.broadcasts.length = 0
    }
  }
}
