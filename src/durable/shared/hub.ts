import { wholeNumber } from "../../stream/argument.ts"
import { wrongValue } from "../../stream/author-value.ts"
import { type Clock, systemClock } from "../../stream/clock.ts"
import { type Duration, toMilliseconds } from "../../stream/duration.ts"
import { Sink } from "../../stream/sink.ts"
import type { Source } from "../../stream/source.ts"
import type { Channel, SubscriberOptions } from "./channel.ts"

/** How many elements are gathered before they are published ahead of time. */
const maxGathered = 1000

/** How a hub publishes. */
export interface HubOptions {
  /**
   * How long elements are gathered, so that those of many events leave in one: worth it with clients that speak `sluice.batch`.
   * 1,000 gathered elements leave at once. They are in memory only, and keep the object there. Default: not at all.
   */
  batchWindow?: Duration
  /**
   * How many of the last elements are kept in storage, each in a row of its own that is written once. Subscribers read what they
   * missed from there: those that start with the `last`, are slow, or resume a session. Default: none.
   */
  keep?: number
}

/** What a subscriber of a hub gets. */
export interface HubSourceOptions extends SubscriberOptions {
  /** How many of the kept elements come first, for a hub with `keep`. Default 0. */
  last?: number
}

/** To whom an element is not delivered. */
export interface PublishOptions {
  /** The `id` of a connection, or of several, that do not get the element: that of the sender, for example. */
  except?: string | readonly string[]
}

/** Merges the elements of many connections and broadcasts them to all subscribers. Lives as long as its object. */
export class Hub<T> {
  private readonly batchWindow: number
  private gathered: T[] = []
  private cancel = () => {}

  constructor(
    private readonly channel: Channel<T>,
    private readonly publishAll: (elements: readonly T[], except: readonly string[]) => void,
    { batchWindow = 0 }: Omit<HubOptions, "keep"> = {},
    private readonly clock: Clock = systemClock,
    private readonly logged?: (last: number) => Source<T>,
  ) {
    this.batchWindow = toMilliseconds(batchWindow)
  }

  /**
   * Sends an element to every subscriber, in memory or hibernating, but for the connections in `except`. Its frame is encoded
   * once. An element with `except` is not gathered.
   *
   * @example
   * ```ts
   * class Board extends FlowObject {
   *   private readonly strokes = this.hub<string>("strokes")
   *   protected accept({ id }: ConnectionContext) {
   *     const others = Sink.forEach((stroke: string) => this.strokes.publish(stroke, { except: id }))
   *     return webSocket.endpoint(text, Flow.fromSinkAndSource(others, this.strokes.source()))
   *   }
   * }
   * ```
   */
  readonly publish = (element: T, { except }: PublishOptions = {}): void => {
    if (except !== undefined) {
      if (this.gathered.length > 0) this.flush()
      this.publishAll([element], [except].flat())
    } else if (this.batchWindow === 0) this.publishAll([element], [])
    else this.add(element)
  }

  /** Publishes each element that a flow sends to it. The end of the flow is not that of the hub. */
  sink(): Sink<T> {
    return Sink.forEach((element: T) => this.publish(element))
  }

  /**
   * What is published from the moment at which the flow starts. A slow connection loses its oldest elements, or as `options` say. With
   * `keep` it reads them from storage instead, and loses only what is not kept any more.
   *
   * @throws a `TypeError` for `last` without `keep`, and for `bufferSize` or `overflow` with it
   */
  source({ last, ...options }: HubSourceOptions = {}): Source<T> {
    if (!this.logged) {
      if (last !== undefined) throw wrongValue(`"last" of the hub's source is`, last, "the hub needs the option keep")
      return this.channel.source(options)
    }
    const [buffering] = Object.keys(options)
    if (buffering) throw new TypeError(`A hub with keep reads from storage, and has no ${buffering}`)
    return this.logged(wholeNumber("source: last", last ?? 0, { least: 0 }))
  }

  private add(element: T): void {
    this.gathered.push(element)
    if (this.gathered.length === 1) this.cancel = this.clock.at(this.clock.now() + this.batchWindow, () => this.flush())
    if (this.gathered.length >= maxGathered) this.flush()
  }

  private flush(): void {
    this.cancel()
    this.publishAll(this.gathered.splice(0), [])
  }
}
