import { ActorSystem, connectionOf } from "../actor/actor-system.ts"
import type { Share } from "../socket/endpoint.ts"
import type { Chain } from "../stream/blueprint.ts"
import { systemClock } from "../stream/clock.ts"
import { AcceptedSockets } from "./accepted-sockets.ts"
import { AlarmClock } from "./alarm-clock.ts"
import { Attachments } from "./attachment.ts"
import { Frames } from "./frames.ts"
import { OwnActors } from "./own-actors.ts"
import { type Failure, SharedGraph } from "./shared-graph.ts"
import { Sockets, type Surroundings } from "./sockets.ts"
import { type AnyChannel, Channel } from "./subscription.ts"

/** What the author of an object has to say. */
export type Author = Pick<Surroundings, "endpoint" | "migrate">

/** An object at work, behind what its author sees of it: its events, and the sockets, actors and graphs that live in them. */
export class ObjectRun {
  readonly alarms: AlarmClock
  readonly accepted: AcceptedSockets
  readonly sockets: Sockets
  readonly system: ActorSystem
  readonly actors: OwnActors
  private readonly frames = new Frames()
  private readonly channels: AnyChannel[] = []
  private readonly graphs: { graph: SharedGraph; channel: AnyChannel }[] = []
  private readonly recallAll = () => this.recall()
  /** How many events are being handled, one inside the other. */
  private depth = 0
  /** Whether it may have changed which graphs are needed, or what they depend on. */
  private isStirred = false
  private hasCellChanged = false
  /** Whether the graphs that those asleep listen to have been started. */
  private isTended = false
  /** What is on its way: elements reach everybody in one order. */
  private readonly broadcasts: (() => void)[] = []

  constructor(
    private readonly ctx: DurableObjectState,
    author: Author,
  ) {
    this.alarms = new AlarmClock(ctx.storage)
    this.accepted = new AcceptedSockets(ctx)
    this.system = new ActorSystem({
      clock: systemClock,
      event: (handler) => this.event(handler),
      wake: (path) => {
        if (connectionOf(path) === "") this.actors.wake(path)
        else this.sockets.rouseActor(path)
      },
      deliverAsleep: (path, message) => this.sockets.deliver(path, message),
      broadcast: (message, tell) => this.event(() => this.frames.during(message, tell)),
      watchesAsleep: () => {
        // What the object's own actors watch is kept with them.
        this.actors.resume()
        return this.sockets.linksAsleep
      },
    })
    this.actors = new OwnActors(this.system, (...of) => this.graph(...of))
    const share: Share = (codec) => this.frames.shared(codec)
    this.sockets = new Sockets({
      alarms: this.alarms,
      attachments: new Attachments(ctx.storage, (id) => this.accepted.byId(id) !== undefined),
      channels: this.channels,
      actors: this.system,
      share,
      accepted: this.accepted,
      settled: () => this.settled(),
      ...author,
    })
  }

  /** Everything that happens to the object happens in here: what is overdue first, and what has changed is written last. */
  event<T>(handler: () => T): T {
    if (this.depth === 0) this.alarms.hold(true)
    this.depth++
    try {
      if (this.depth === 1 && this.alarms.isDue) this.ring()
      return handler()
    } finally {
      try {
        if (this.depth === 1) this.rest()
      } finally {
        this.depth--
        if (this.depth === 0) this.alarms.hold(false)
      }
    }
  }

  /** Sends an element to everybody who listens. */
  publish<T>(channel: Channel<T>, element: T): void {
    const broadcast = () => {
      this.sockets.publish(channel.name, element)
      channel.publish(element)
    }
    this.event(() => {
      if (this.broadcasts.push(() => this.frames.during(element, broadcast)) > 1) return
      try {
        if (!this.isTended) this.tend()
        for (const next of this.broadcasts) next()
      } finally {
        this.broadcasts.length = 0
      }
    })
  }

  channel<T>(name: string): Channel<T> {
    if (this.channels.some((channel) => channel.name === name)) throw new Error(`The name "${name}" is taken already`)
    const channel = new Channel<T>(name, () => {
      this.isStirred = true
    })
    this.channels.push(channel)
    return channel
  }

  /** From now on the graph runs whenever somebody listens to the channel, which ends with it. */
  share<T>(chain: Chain, channel: Channel<T>): void {
    const onEnd = (failure?: Failure) => {
      this.event(() => {
        this.sockets.rouse(channel.name)
        channel.end(failure)
      })
    }
    this.graphs.push({ graph: this.graph(channel.name, chain, onEnd), channel })
  }

  /** Flows and graphs may depend on what a cell has become. */
  cellChanged(): void {
    this.isStirred = true
    this.hasCellChanged = true
  }

  /** Something has happened that was not begun here, such as the end of a promise. */
  private settled(): void {
    if (this.depth === 0) this.event(() => {})
  }

  private graph(key: string, chain: Chain, onEnd: (failure?: Failure) => void, origin?: object): SharedGraph {
    const { kv } = this.ctx.storage
    const store = {
      read: () => kv.get(key),
      write: (saved: unknown) => kv.put(key, saved),
      clear: () => void kv.delete(key),
    }
    return new SharedGraph(chain, this.alarms.for(key), store, () => this.settled(), onEnd, origin)
  }

  private ring(): void {
    this.recall()
    this.alarms.ring()
  }

  /** Tells the clock of the timers of those who are asleep. */
  private recall(): void {
    this.sockets.expect()
    this.actors.resume()
    do this.tend()
    while (this.isStirred)
  }

  private rest(): void {
    do {
      while (this.isStirred) this.tend()
      this.alarms.settle(this.recallAll)
      this.sockets.save()
      // Whoever was the last may have left a timer.
    } while (this.isStirred || this.alarms.isLoose)
    this.sockets.flush()
    for (const { graph } of this.graphs) graph.save()
    this.actors.save()
  }

  /** Runs the graphs that are needed, and only those. */
  private tend(): void {
    this.isStirred = false
    this.isTended = true
    if (this.hasCellChanged) {
      this.hasCellChanged = false
      this.sockets.touch()
      this.alarms.loosen()
    }
    for (const { graph, channel } of this.graphs) {
      if (channel.isHeardBy() || this.sockets.isHeardAsleep(channel.name)) graph.touch()
      else {
        graph.stop()
        this.alarms.loosen()
      }
    }
  }
}
