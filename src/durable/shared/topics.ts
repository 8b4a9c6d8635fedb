import type { Logger } from "../../stream/logger.ts"
import type { Transactions } from "../transactions.ts"
import { type AnyChannel, Channel } from "./channel.ts"
import type { HubLog } from "./hub-log.ts"

/** The parts of an object that its topics use. */
export interface TopicsHost {
  event(handler: () => void): void
  /** Starts the shared sources of hibernating subscribers, which may depend on an element. */
  startSources(): void
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
    hold(effect: { send(): void; readonly sender: object | undefined }): void
  }
  readonly log: Logger
  readonly transactions: Transactions
}

export type OnError = (cause: unknown) => boolean

/** How an element is published. */
interface Publication<T> {
  /** The actor or the channel that publishes. If its state cannot be stored, the element is dropped. */
  sender?: object | undefined
  /** The log that keeps the element. Such an element is not dropped, because subscribers count the elements of the log. */
  log?: HubLog<T> | undefined
  /** See `Channel.announce`. */
  number?: number | undefined
  /** The connections that the hub's `partition` leaves out, asked when the element is delivered. */
  others?: (() => readonly string[]) | undefined
  /** Called with the error of an element that had to wait. Returns whether its publisher takes the error. Default: it is logged. */
  onError?: OnError | undefined
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
   * @throws TypeError for an element that structured clone refuses, if there is a log
   */
  publish<T>(
    channel: Channel<T>,
    element: T,
    except: readonly string[] = [],
    { log, sender = this.senderFor(log), number, others, onError }: Publication<T> = {},
  ): void {
    const { transactions, outbound, event } = this.host
    if (transactions.isOpen) {
      // At the commit its publisher has gone on.
      log?.check(element)
      const publication = { log, number, others }
      const publish = () => outbound.withSender(sender, () => this.publish(channel, element, except, publication))
      transactions.whenCommitted(this.waiting(channel, publish, onError))
      return
    }
    event(() => {
      this.host.startSources()
      const announced = number ?? channel.announce()
      const publish = () => {
        const excepted = others ? [...except, ...others()] : except
        this.host.publishHibernating(channel.name, element, excepted)
        channel.publish(element, excepted.length > 0 ? this.host.ownersOf(excepted) : undefined, announced)
      }
      const send = () => this.host.whileBroadcasting(element, () => outbound.withSender(sender, publish))
      const broadcast = () => (log ? log.add(element, except, send) : send())
      if (this.broadcasts.length === 0) this.inOrder(broadcast)
      else {
        log?.check(element)
        this.broadcasts.push(this.waiting(channel, broadcast, onError).run)
      }
    })
  }

  /** Publishes a new state, with which a subscriber begins that starts from now on. */
  publishState<T>(channel: Channel<T>, state: T, sender?: object): void {
    this.host.startSources()
    this.publish(channel, state, [], { sender, number: channel.announce() })
  }

  /** Runs an effect when the event is saved, after the commit of an open transaction. It is dropped with the output of its sender. */
  whenSaved(effect: () => void, log: object | undefined): void {
    const { transactions, outbound } = this.host
    const sender = this.senderFor(log)
    const hold = () => this.host.event(() => outbound.hold({ send: effect, sender }))
    if (transactions.isOpen) transactions.whenCommitted({ run: hold })
    else hold()
  }

  /** Publishes an element whose publisher has gone on. An error keeps back this element alone. */
  attempt({ name }: AnyChannel, publish: () => void, onError: OnError = () => false): void {
    try {
      publish()
    } catch (cause) {
      if (!onError(cause)) this.host.log({ level: "error", event: "element not published", name, cause })
    }
  }

  /** Removes the subscriptions of an owner from all channels. */
  removeSubscriber(owner: unknown): void {
    for (const channel of this.channels) channel.removeSubscriber(owner)
  }

  private senderFor(log: object | undefined): object | undefined {
    return log ? undefined : this.host.outbound.sender
  }

  /** An element that waits for a commit or for another broadcast. Meanwhile its channel has no room. */
  private waiting<T>(channel: Channel<T>, publish: () => void, onError?: OnError): { run(): void; drop(): void } {
    channel.undelivered++
    const drop = () => {
      channel.undelivered--
      channel.onRoom()
    }
    const run = () => {
      this.attempt(channel, publish, onError)
      drop()
    }
    return { run, drop }
  }

  /** Runs a broadcast, and those that it causes after it. */
  private inOrder(broadcast: () => void): void {
    this.broadcasts.push(broadcast)
    try {
      for (const next of this.broadcasts) next()
    } finally {
      this.broadcasts.length = 0
    }
  }
}
