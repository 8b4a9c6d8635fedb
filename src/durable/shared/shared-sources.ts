import { describeValue } from "../../stream/author-value.ts"
import type { Chain } from "../../stream/blueprint.ts"
import { Sink } from "../../stream/sink.ts"
import { Source } from "../../stream/source.ts"
import { type AnyChannel, type Channel, defaultBound, type SubscriberOptions } from "./channel.ts"
import type { GraphSettings } from "./graph-settings.ts"
import { replaying } from "./replay.ts"
import type { SharedGraph } from "./shared-graph.ts"
import type { Topics } from "./topics.ts"

/** How a source is shared. */
export interface SharedSourceOptions extends SubscriberOptions {
  /**
   * How many of the last elements a late subscriber gets at first; its `bufferSize` is at least as high by default. They are stored: one
   * row for each element. Default 0: none, and no row.
   */
  replay?: number
}

/** What shared sources need from the sockets of their object. */
interface Subscribers {
  hasHibernatingSubscriber(channel: string): boolean
  /** Restores the hibernating subscribers of a channel. */
  wakeSubscribers(channel: string): void
}

type MakeGraph = (
  key: string,
  chain: Chain,
  settings: Pick<GraphSettings, "name" | "title" | "sender" | "onEnd">,
) => SharedGraph

/** The shared sources of an object. Each runs as long as its channel has a subscriber, in memory or hibernating. */
export class SharedSources {
  /** Whether subscribers or cells have changed, on which it depends which sources run. */
  isStale = false
  /** Whether the sources of hibernating subscribers have been started. */
  isStarted = false
  private readonly all: { graph: SharedGraph; channel: AnyChannel }[] = []

  constructor(
    private readonly topics: Topics,
    private readonly subscribers: Subscribers,
    private readonly graph: MakeGraph,
  ) {}

  invalidate(): void {
    this.isStale = true
  }

  /** One run of `source`, and the source of each of its subscribers. */
  share<T>(name: string, source: Source<T>, { replay = 0, ...options }: SharedSourceOptions = {}): Source<T> {
    if (!(source instanceof Source)) {
      throw new TypeError(
        `The second argument of this.share("${name}", …) must be a Source, not ${describeValue(source)}`,
      )
    }
    const channel = this.topics.channel<T>(`sluice:graph:${name}`, `shared source "${name}"`)
    const publish = (element: T) => this.topics.publish(channel, element, [], { sender: channel })
    const sink = replay === 0 ? Sink.forEach(publish) : replaying(replay, publish)
    const onEnd: GraphSettings["onEnd"] = (failure) => this.end(channel, failure)
    const graph = this.graph(channel.name, source.to(sink).chain, {
      name,
      title: `the shared source "${name}"`,
      sender: channel,
      onEnd,
    })
    this.all.push({ graph, channel })
    if (replay === 0) return channel.source(options)
    const recent = () => (graph.sinkState ?? []) as readonly T[]
    return channel.source({ bufferSize: Math.max(defaultBound, replay), ...options }, recent)
  }

  /** Runs the sources that have a subscriber, and only those; whether one was stopped. */
  update(): boolean {
    this.isStale = false
    this.isStarted = true
    let hasStopped = false
    for (const { graph, channel } of this.all) {
      if (channel.hasSubscriber() || this.subscribers.hasHibernatingSubscriber(channel.name)) graph.ensureRunning()
      else {
        graph.stop()
        hasStopped = true
      }
    }
    return hasStopped
  }

  /** Writes what runs anew. */
  rewrite(): void {
    for (const { graph } of this.all) graph.rewrite()
  }

  /** Stops all, and keeps nothing. */
  discard(): void {
    for (const { graph } of this.all) graph.discard()
  }

  private end<T>(channel: Channel<T>, failure: { error: unknown } | undefined): void {
    this.subscribers.wakeSubscribers(channel.name)
    channel.end(failure)
  }
}
