import { type Clock, systemClock } from "../stream/clock.ts"
import { type Duration, toMilliseconds } from "../stream/duration.ts"
import { Sink } from "../stream/sink.ts"
import type { Source } from "../stream/source.ts"
import type { Channel, SubscriberOptions } from "./subscription.ts"

/** How many elements are gathered; with one more they go out before their time. */
const mostGathered = 1000

/** How a hub publishes. */
export interface HubOptions {
  /**
   * How long elements may be gathered, so that those of many events go out in one (1,000 at the most): worth it with clients that speak `sluice.batch`.
   * What is gathered is in memory only, and keeps the object there. Default: not at all.
   */
  gather?: Duration
}

/** Merges what many connections send and broadcasts it to all that listen. Lives as long as its object. */
export class Hub<T> {
  private readonly gather: number
  private gathered: T[] = []
  private cancel = () => {}

  constructor(
    private readonly channel: Channel<T>,
    private readonly publishAll: (elements: readonly T[]) => void,
    { gather = 0 }: HubOptions = {},
    private readonly clock: Clock = systemClock,
  ) {
    this.gather = toMilliseconds(gather)
  }

  /** Sends an element to everybody who listens now, in memory or asleep. Its frame is encoded once. */
  readonly publish = (element: T): void => {
    if (this.gather === 0) this.publishAll([element])
    else this.add(element)
  }

  /** Where a flow sends what is for everybody. Its end is not the hub's. */
  sink(): Sink<T> {
    return Sink.forEach((element: T) => this.publish(element))
  }

  /** What is published from the moment at which the flow starts. A slow connection loses its oldest, or as `options` say. */
  source(options?: SubscriberOptions): Source<T> {
    return this.channel.source(options)
  }

  private add(element: T): void {
    this.gathered.push(element)
    if (this.gathered.length === 1) this.cancel = this.clock.at(this.clock.now() + this.gather, () => this.release())
    if (this.gathered.length >= mostGathered) this.release()
  }

  private release(): void {
    this.cancel()
    this.publishAll(this.gathered.splice(0))
  }
}
