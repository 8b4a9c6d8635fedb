import { Sink } from "../stream/sink.ts"
import type { Source } from "../stream/source.ts"
import type { Channel, SubscriberOptions } from "./subscription.ts"

/** Merges what many connections send and broadcasts it to all that listen. Lives as long as its object. */
export class Hub<T> {
  constructor(
    private readonly channel: Channel<T>,
    /** Sends an element to everybody who listens now, in memory or asleep. Its frame is encoded once. */
    readonly publish: (element: T) => void,
  ) {}

  /** Where a flow sends what is for everybody. Its end is not the hub's. */
  sink(): Sink<T> {
    return Sink.forEach((element: T) => this.publish(element))
  }

  /** What is published from the moment at which the flow starts. A slow connection loses its oldest, or as `options` say. */
  source(options?: SubscriberOptions): Source<T> {
    return this.channel.source(options)
  }
}
