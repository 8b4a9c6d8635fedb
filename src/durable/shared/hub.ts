import { requireInteger } from "../../stream/argument.ts"
import { checkNames, wrongValue } from "../../stream/author-value.ts"
import { type Clock, systemClock } from "../../stream/clock.ts"
import { type Duration, toMilliseconds } from "../../stream/duration.ts"
import { sinkStep } from "../../stream/engine/wiring.ts"
import { Sink } from "../../stream/sink.ts"
import type { Source } from "../../stream/source.ts"
import type { Channel, SubscriberOptions } from "./channel.ts"
import { PacedSink } from "./paced-sink.ts"
import type { OnError } from "./topics.ts"

/** A batch of this size is published before the end of its window. */
const maxBatchSize = 1000

/** How a hub publishes. */
export interface HubOptions<T = never> {
  /**
   * Collects elements for this time, in milliseconds or as text such as `"50 ms"`, and publishes them in one event. It pays off for
   * clients with the subprotocol `sluice.batch`. A batch of 1,000 elements is published at once. Collected elements are in memory
   * only, and keep the object in memory. Default 0: each element is published at once.
   */
  batchWindow?: Duration
  /**
   * How many of the last elements are kept in storage, at least 1. Each is a row of its own, which is written once. Subscribers read
   * missed elements from there: at their start with `last`, when they are slow, and when a session resumes. Default: none.
   */
  keep?: number
  /**
   * Whether the slowest subscriber sets the pace, as in Pekko's `BroadcastHub`: while its buffer is full, `sink` holds one element and
   * backpressures. `publish` cannot wait: beyond the buffer it closes a subscriber with 1013. A hibernating subscriber is slow when more
   * than its `maxBufferedAmount` is buffered for its client, and is restored then. Default `false`: a slow subscriber drops elements.
   */
  backpressure?: boolean
  /**
   * Sends each element to one subscriber, as Pekko's `PartitionHub`: to the one whose connection has the `id` that is returned. Gets the
   * ids of all subscribers, hibernating ones too: the oldest socket first, connections without a socket last. An element without a
   * subscriber of that id is dropped. Called again after hibernation with the same ids, so it should depend on its arguments only. Default:
   * every subscriber gets it.
   */
  partition?: (ids: readonly string[], element: T) => string | undefined
}

/** The options of a subscriber of a hub. */
export interface HubSourceOptions extends SubscriberOptions {
  /** How many of the kept elements come first, for a hub with `keep`. Default 0. */
  last?: number
}

/** Which connections do not get an element. */
export interface PublishOptions {
  /** The `id` of a connection, such as the sender's, or a list of ids. Default: none. */
  except?: string | readonly string[]
}

/** The part of a log that its hub uses. */
export interface LogReader<T> {
  published(): number
  /** Emits the last kept elements, and then everything that is published. */
  source(last: number): Source<T>
  /** Throws a `TypeError` for an element that cannot be stored. */
  check(element: T): void
}

/** The parts of an object that a hub uses. */
export interface HubHost<T> {
  publish(element: T, except: readonly string[], onError?: OnError): void
  /** Publishes elements in one event. Their publishers have gone on, so an error is logged, and keeps back its own element alone. */
  publishAll(elements: readonly T[]): void
  /** Runs an effect when the event is saved, unless the transaction is rolled back, or the publishing actor cannot be stored. */
  whenSaved(effect: () => void): void
  /** Restores the subscribers whose buffers are saved. */
  restoreBuffers(): void
  readonly log?: LogReader<T> | undefined
}

/**
 * Broadcasts elements of many connections to all subscribers, in one order. It lives as long as its object, and stores no elements
 * without `keep`. As Pekko's `MergeHub` into a `BroadcastHub`, except that a slow subscriber drops elements unless the hub has
 * `backpressure`; with `partition` into a `PartitionHub`.
 *
 * @example
 * ```ts
 * class Room extends FlowObject {
 *   private readonly messages = this.hub<string>("messages")
 *   protected accept() {
 *     return webSocket.endpoint(text, Flow.fromSinkAndSource(this.messages.sink(), this.messages.source()))
 *   }
 * }
 * ```
 */
export class Hub<T> {
  private readonly batchWindow: number
  private readonly isPaced: boolean
  private batch: T[] = []
  private cancel = () => {}

  constructor(
    private readonly channel: Channel<T>,
    private readonly host: HubHost<T>,
    { batchWindow = 0, backpressure = false }: Pick<HubOptions, "batchWindow" | "backpressure"> = {},
    private readonly clock: Clock = systemClock,
  ) {
    this.batchWindow = toMilliseconds(batchWindow)
    this.isPaced = backpressure
    if (!backpressure || (!host.log && this.batchWindow === 0)) return
    throw new TypeError("A hub with backpressure has neither keep nor batchWindow: leave out one of the two")
  }

  /**
   * Publishes an element to every subscriber, awake or hibernating, except the connections in `except`, or to one with `partition`.
   * Each codec encodes it once. In a transaction it waits for the commit. With `batchWindow`, an element with `except` is published at the
   * end of the event, after the collected ones.
   *
   * @throws TypeError for an element that structured clone refuses, if the hub has `keep`, and for an unknown option
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
  readonly publish = (element: T, options?: PublishOptions): void => {
    const { host } = this
    const except = options?.except
    if (options) checkNames("publish option", options, { except })
    if (this.batchWindow === 0) host.publish(element, except === undefined ? [] : [except].flat())
    else {
      host.log?.check(element)
      host.whenSaved(() => this.collect(element, except))
    }
  }

  /**
   * How many elements a hub with `keep` has published so far, across hibernation: the number of the last one, counted from 1. Elements
   * that wait for a `batchWindow` or for a commit are not counted yet.
   *
   * @throws TypeError without `keep`
   */
  get published(): number {
    const { log } = this.host
    if (log) return log.published()
    throw new TypeError("A hub counts its elements with the option keep only")
  }

  /**
   * Publishes each element of a stream. The end of the stream does not end the hub. With `backpressure` it holds one element while the
   * buffer of a subscriber is full, and keeps it through hibernation.
   */
  sink(): Sink<T> {
    const { channel, host } = this
    if (!this.isPaced) return Sink.forEach((element) => this.publish(element))
    const publish = (element: T, onError: OnError) => host.publish(element, [], onError)
    return new Sink([sinkStep("hubSink", "keeps", () => new PacedSink(channel, host.restoreBuffers, publish))])
  }

  /**
   * Emits the elements that are published after the flow has started. It never completes. With `keep` it has no buffer: it reads from
   * storage, skips only overwritten elements, and continues a resumed session after the last element that its client has.
   *
   * @param options the subscriber's buffer: by default 16 elements, and a full buffer drops the oldest. With `backpressure` it has no
   * `overflow`. With `keep`: `last`
   * @throws RangeError for a `bufferSize` that is no integer of at least 1, and for a `last` that is no integer of at least 0; TypeError
   * for `last` without `keep`, for the buffer's options with it, for `overflow` with `backpressure`, and for an unknown option
   */
  source(options: HubSourceOptions = {}): Source<T> {
    const { log } = this.host
    const { last, ...buffer } = options
    checkNames("hub source option", options, { last, bufferSize: true, overflow: true })
    if (!log) {
      if (last !== undefined) throw wrongValue(`"last" of the hub's source is`, last, "the hub needs the option keep")
      if (!this.isPaced) return this.channel.source(buffer)
      if (buffer.overflow === undefined) return this.channel.source({ ...buffer, overflow: "fail" })
      throw new TypeError("A hub with backpressure drops nothing: leave out the overflow of its source")
    }
    const [buffering] = Object.entries(buffer).find(([, value]) => value !== undefined) ?? []
    if (buffering) throw new TypeError(`A hub with keep reads from storage, and has no ${buffering}`)
    return log.source(requireInteger("source: last", last ?? 0, { least: 0 }))
  }

  /** Drops the collected elements, because the object is destroyed. */
  discard(): void {
    this.cancel()
    this.batch = []
  }

  private collect(element: T, except: PublishOptions["except"]): void {
    if (except !== undefined) {
      this.flush()
      this.host.publish(element, [except].flat())
      return
    }
    this.batch.push(element)
    if (this.batch.length === 1) this.cancel = this.clock.at(this.clock.now() + this.batchWindow, () => this.flush())
    if (this.batch.length >= maxBatchSize) this.flush()
  }

  private flush(): void {
    this.cancel()
    if (this.batch.length > 0) this.host.publishAll(this.batch.splice(0))
  }
}
