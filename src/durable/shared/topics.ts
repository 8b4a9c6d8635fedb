import type { Transactions } from "../transactions.ts"
import { type AnyChannel, Channel } from "./channel.ts"
import type { HubLog } from "./hub-log.ts"

/** What topics need from their object. */
export interface TopicsHost {
  event(handler: () => void): void
  whileBroadcasting(element: unknown, publish: () => void): void
  /** Publishes to hibernating subscribers. */
  publishHibernating(channel: string, element: unknown, except: readonly string[]): void
  /** The owners of the runs of connections. */
  ownersOf(ids: readonly string[]): ReadonlySet<unknown>
  subscribersChanged(): void
  /** What is sent during `run` is sent by an actor or a channel, or by neither. */
  readonly outbound: { readonly sender: object | undefined; sentBy(sender: object | undefined, run: () => void): void }
  readonly transactions: Transactions
}

/** How an element is published. */
interface Publication<T> {
  /** The actor or the channel whose failure takes the element back, while the event is not saved. */
  sender?: object | undefined
  /** Where the element is kept. */
  log?: HubLog<T>
}

/** The channels of an object, and the order of what is published to them. */
export class Topics {
  readonly channels: AnyChannel[] = []
  /** The broadcasts under way, so that all subscribers see the same order. */
  private readonly broadcasts: (() => void)[] = []

  constructor(private readonly host: TopicsHost) {}

  /** @param what the author's words for it, such as `cell "count"` */
  channel<T>(name: string, what: string): Channel<T> {
    if (this.channels.some((channel) => channel.name === name)) {
      throw new Error(`The object has a ${what} already: declare it once, as a field of the class`)
    }
    const channel = new Channel<T>(name, () => this.host.subscribersChanged())
    this.channels.push(channel)
    return channel
  }

  /**
   * Publishes an element to every subscriber, but for the connections in `except`. In a transaction it waits for the commit.
   *
   * @throws for an element that structured clone refuses, if there is a log
   */
  publish<T>(
    channel: Channel<T>,
    element: T,
    except: readonly string[] = [],
    { sender = this.host.outbound.sender, log }: Publication<T> = {},
  ): void {
    const { transactions, outbound } = this.host
    const publish = () => {
      this.host.publishHibernating(channel.name, element, except)
      channel.publish(element, except.length > 0 ? this.host.ownersOf(except) : undefined)
    }
    const send = () => this.host.whileBroadcasting(element, () => outbound.sentBy(sender, publish))
    const broadcast = () => (log ? log.add(element, except, send) : send())
    if (transactions.isOpen) transactions.whenCommitted(() => this.host.event(() => this.inOrder(broadcast)))
    else this.host.event(() => this.inOrder(broadcast))
  }

  /** Removes all subscribers of an owner. */
  drop(owner: unknown): void {
    for (const channel of this.channels) channel.drop(owner)
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
