import { checkNames, describeValue } from "../../stream/author-value.ts"
import { Sink } from "../../stream/sink.ts"
import { Source } from "../../stream/source.ts"
import { type AnyChannel, type Channel, defaultBufferSize, type SubscriberOptions } from "./channel.ts"
import type { Failure } from "./graph-settings.ts"
import type { ObjectGraphs } from "./object-graphs.ts"
import { replaying } from "./replay.ts"
import type { SharedGraph } from "./shared-graph.ts"
import type { Topics } from "./topics.ts"

/** How a source is shared. */
export interface SharedSourceOptions extends SubscriberOptions {
  /**
   * How many of the last elements a late subscriber gets first. The default of its `bufferSize` is at least as high. The elements
   * are stored, which costs one written row for each element. Default 0: no elements and no row.
   */
  replay?: number
}

/** The part of an object's sockets that its shared sources use. */
interface Subscribers {
  readonly hibernating: { hasSubscriber(channel: string): boolean }
  /** Restores the hibernating subscribers of a channel. */
  wakeSubscribers(channel: string): void
}

/** The shared sources of an object. Each runs while its channel has a subscriber, awake or hibernating. */
export class SharedSources {
  /** Whether subscribers or cells have changed, so that other sources may have to run. */
  isStale = false
  /** Whether the sources of hibernating subscribers have been started. */
  isStarted = false
  /** Each before those that it may subscribe to, which are declared before it. So it tells them first that it was running. */
  private readonly all: { graph: SharedGraph; channel: AnyChannel }[] = []

  constructor(
    private readonly topics: Topics,
    private readonly subscribers: Subscribers,
    private readonly graphs: ObjectGraphs,
  ) {}

  invalidate(): void {
    this.isStale = true
  }

  /** Runs `source` once for all subscribers. Returns the source of a subscriber. */
  share<T>(name: string, source: Source<T>, options: SharedSourceOptions = {}): Source<T> {
    const { replay = 0, ...buffer } = options
    checkNames("share option", options, { replay, bufferSize: true, overflow: true })
    if (!(source instanceof Source)) {
      throw new TypeError(
        `The second argument of this.share("${name}", …) must be a Source, not ${describeValue(source)}`,
      )
    }
    const channel = this.topics.channel<T>(`sluice:graph:${name}`, `shared source "${name}"`)
    const publish = (element: T) => this.topics.publishState(channel, element, channel)
    const sink = replay === 0 ? Sink.forEach(publish) : replaying(replay, publish)
    const graph = this.graphs.make(channel.name, source.to(sink).chain, {
      name,
      title: `the shared source "${name}"`,
      sender: channel,
      onEnd: (failure) => this.end(channel, failure),
    })
    this.all.unshift({ graph, channel })
    if (replay === 0) return channel.source(buffer)
    const recent = () => (graph.sinkState ?? []) as readonly T[]
    return channel.source({ bufferSize: Math.max(defaultBufferSize, replay), ...buffer }, recent)
  }

  /** Runs the sources that have a subscriber, and stops the others. Returns whether one was stopped. */
  update(): boolean {
    this.isStale = false
    this.isStarted = true
    let hasStopped = false
    for (const { graph, channel } of this.all) {
      const isHibernating = () => this.subscribers.hibernating.hasSubscriber(channel.name)
      // A source with a subscriber from before the object hibernated was running.
      if (channel.hasSubscriber() || isHibernating()) graph.ensureRunning(() => channel.isContinued || isHibernating())
      else {
        graph.stop()
        // The next subscriber starts it anew, although one from before the object hibernated has just ended.
        channel.isContinued = false
        hasStopped = true
      }
    }
    return hasStopped
  }

  /** Writes the rows of running sources again. */
  rewrite(): void {
    for (const { graph } of this.all) graph.rewrite()
  }

  /** Stops all sources without saving them. */
  discard(): void {
    for (const { graph } of this.all) graph.discard()
  }

  private end<T>(channel: Channel<T>, failure?: Failure): void {
    this.subscribers.wakeSubscribers(channel.name)
    channel.end(failure)
  }
}
