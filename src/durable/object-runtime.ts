import { ActorSystem } from "../actor/actor-system.ts"
import { connectionOf } from "../actor/letter.ts"
import { sendable } from "../socket/close.ts"
import type { Chain } from "../stream/blueprint.ts"
import { type EventScope, systemClock } from "../stream/clock.ts"
import { log } from "../stream/logger.ts"
import { AlarmClock } from "./alarm-clock.ts"
import { AuthorAlarm } from "./author-alarm.ts"
import { type OwnStorage, type StorageHost, shareStorage } from "./author-storage.ts"
import { currentEvent } from "./current-event.ts"
import { ObjectActors } from "./object-actors.ts"
import type { ObjectCallbacks } from "./object-context.ts"
import { Outbound } from "./outbound.ts"
import { FrameCache } from "./shared/frame-cache.ts"
import type { GraphSettings, Unsaved } from "./shared/graph-settings.ts"
import { Hubs } from "./shared/hubs.ts"
import { SharedGraph } from "./shared/shared-graph.ts"
import { SharedSources } from "./shared/shared-sources.ts"
import { Topics } from "./shared/topics.ts"
import { AcceptedSockets } from "./sockets/accepted-sockets.ts"
import { AttachmentStore } from "./sockets/attachment-store.ts"
import { Sockets } from "./sockets/sockets.ts"
import { Transactions } from "./transactions.ts"

/** An event ends when nothing is left to save. More rounds than this mean that its effects have no end. */
const maxRounds = 10_000

/** An object at work, behind what its author sees of it: its events, and the sockets, actors and shared sources in them. */
export class ObjectRuntime implements StorageHost, EventScope {
  readonly alarms: AlarmClock
  readonly accepted: AcceptedSockets
  readonly sockets: Sockets
  readonly system: ActorSystem
  readonly actors: ObjectActors
  readonly outbound = new Outbound()
  /** Changes with each event, and whenever the author may have changed storage. */
  epoch = 0
  private readonly storage: OwnStorage
  private readonly authorAlarm: AuthorAlarm
  private readonly transactions = new Transactions()
  private readonly frames = new FrameCache()
  readonly topics: Topics
  readonly hubs: Hubs
  readonly sources: SharedSources
  /** Shared sources and actors with unsaved changes. */
  private dirtyGraphs: Unsaved[] = []
  private readonly restoreAllTimers = () => this.restoreTimers()
  /** How many events are nested in one another. */
  private depth = 0
  private hasCellChanged = false

  constructor(
    private readonly ctx: DurableObjectState,
    private readonly callbacks: ObjectCallbacks,
  ) {
    this.storage = shareStorage(ctx.storage, this)
    this.alarms = new AlarmClock(this.storage)
    this.authorAlarm = new AuthorAlarm(ctx.storage.kv, this.alarms)
    this.accepted = new AcceptedSockets(ctx)
    this.system = new ActorSystem({
      clock: systemClock,
      event: (handler) => this.event(handler),
      turn: (actor) => this.outbound.sentBy(actor, () => actor.turn()),
      whenSaved: (effect) => this.whenSaved(effect),
      discard: (actor) => this.outbound.discard(actor),
      wake: (path) =>
        this.event(() => (connectionOf(path) === "" ? this.actors.wake(path) : this.sockets.wakeActor(path))),
      isRefused: (path) => this.actors.isRefused(path),
      deliverHibernating: (path, message) => this.event(() => this.sockets.hibernating.deliver(path, message)),
      broadcast: (message, tell) => this.event(() => this.frames.whileBroadcasting(message, tell)),
      hibernatingWatches: () => {
        // The watches of the object's own actors are saved with them.
        this.actors.resume()
        return this.sockets.hibernatingWatches
      },
    })
    this.actors = new ObjectActors(this.system, (...args) => this.graph(...args))
    this.topics = new Topics({
      event: (handler) => this.event(handler),
      whileBroadcasting: (element, publish) => this.whileBroadcasting(element, publish),
      publishHibernating: (...args) => this.sockets.publish(...args),
      ownersOf: (ids) => this.sockets.ownersOf(ids),
      subscribersChanged: () => this.sources.invalidate(),
      outbound: this.outbound,
      transactions: this.transactions,
    })
    this.sockets = new Sockets({
      ...callbacks,
      alarms: this.alarms,
      attachments: new AttachmentStore(ctx.storage),
      channels: this.topics.channels,
      actors: this.system,
      share: (codec) => this.frames.shared(codec),
      accepted: this.accepted,
      outbound: this.outbound,
      scope: this,
    })
    this.hubs = new Hubs({
      event: (handler) => this.event(handler),
      topics: this.topics,
      ownersOf: (ids) => this.sockets.ownersOf(ids),
      kv: ctx.storage.kv,
    })
    this.sources = new SharedSources(this.topics, this.sockets, (...args) => this.graph(...args))
  }

  /** The object wakes up. */
  async restore(): Promise<void> {
    // There is none when the alarm itself wakes the object.
    const alarm = await this.ctx.storage.getAlarm()
    this.authorAlarm.restore()
    this.alarms.restoreAlarm(alarm ?? Infinity)
  }

  get isInEvent(): boolean {
    return this.depth > 0
  }

  /** Every effect on the object happens in an event: what is overdue first, then the effect; then it is saved, then sent. */
  event<T>(handler: () => T): T {
    const outer = currentEvent.object
    if (this.depth === 0) this.beginEvent()
    this.depth++
    try {
      if (this.depth === 1 && this.alarms.isDue) this.ring()
      return handler()
    } finally {
      try {
        if (this.depth === 1) this.finishEvent()
      } finally {
        this.depth--
        currentEvent.object = outer
        if (this.depth === 0) this.alarms.freezeTime(false)
      }
    }
  }

  /** The runtime calls the alarm handler. */
  onAlarm(scheduledTime?: number): void {
    this.alarms.onAlarm(scheduledTime)
    this.event(() => this.authorAlarm.onAlarm())
  }

  cellChanged(): void {
    this.sources.invalidate()
    this.hasCellChanged = true
  }

  whenSaved(effect: () => void): void {
    this.event(() => this.outbound.whenSaved(effect))
  }

  /** Closes every connection, stops every actor and deletes everything. */
  destroy(code: number, reason: string): Promise<void> {
    sendable(code)
    return new Promise((resolve) => {
      this.event(() => {
        this.sockets.closeAll(code, reason)
        this.actors.stopAll()
        this.sources.discard()
        this.alarms.cancelAll()
        this.authorAlarm.set(Infinity)
        // When the event is saved: what it writes is deleted, too.
        this.outbound.hold({ send: () => resolve(this.deleteEverything()), sender: undefined })
      })
    })
  }

  /** At once: an event that comes while storage works belongs to the new object. */
  private async deleteEverything(): Promise<void> {
    const deleted = [this.storage.deleteAll(), this.storage.deleteAlarm()]
    this.actors.discard()
    this.hubs.forget()
    this.epoch++
    await Promise.all(deleted)
  }

  transactionSync<T>(run: () => T): T {
    return this.event(() => {
      try {
        return this.transactions.run(run)
      } catch (error) {
        this.onRollback()
        throw error
      }
    })
  }

  beginTransaction(): number {
    return this.transactions.begin()
  }

  endTransaction(begun: number, isCommitted: boolean): void {
    this.event(() => {
      if (!isCommitted) this.onRollback()
      this.transactions.end(begun, isCommitted)
    })
  }

  /** Everything that hibernates comes into memory: what runs goes on, and is written anew afterwards. */
  beforeDeleteAll(): void {
    this.event(() => {
      this.restoreTimers()
      this.sockets.restoreSpilled()
    })
  }

  afterDeleteAll(): void {
    this.event(() => {
      this.epoch++
      this.hubs.forget()
      this.authorAlarm.set(Infinity)
      this.alarms.onOverruled()
      this.actors.rewrite()
      this.sources.rewrite()
      this.cellChanged()
    })
  }

  alarmChanged(time: number): void {
    this.event(() => {
      this.alarms.onOverruled()
      this.authorAlarm.set(time)
    })
  }

  /** Cells and the alarm are again as they were before the transaction. */
  private onRollback(): void {
    this.epoch++
    this.hubs.forget()
    this.cellChanged()
    this.authorAlarm.restore()
    this.alarms.onOverruled()
  }

  /** Each codec encodes the element once. The shared sources of hibernating subscribers may depend on the element. */
  private whileBroadcasting(element: unknown, publish: () => void): void {
    if (!this.sources.isStarted) this.updateSources()
    this.frames.whileBroadcasting(element, publish)
  }

  private graph(
    key: string,
    chain: Chain,
    settings: Omit<GraphSettings, "clock" | "row" | "scope" | "onDirty" | "onStop" | "discard">,
  ): SharedGraph {
    const { kv } = this.ctx.storage
    return new SharedGraph(chain, {
      ...settings,
      title: `${settings.title} of ${this.callbacks.className}`,
      clock: this.alarms.for(key),
      row: { read: () => readRow(kv, key), write: (stored) => kv.put(key, stored), delete: () => void kv.delete(key) },
      onDirty: (graph) => void this.dirtyGraphs.push(graph),
      onStop: (owner) => this.topics.drop(owner),
      scope: this,
      discard: (sender) => this.outbound.discard(sender),
    })
  }

  private beginEvent(): void {
    currentEvent.object = this
    this.epoch++
    this.alarms.freezeTime(true)
  }

  private ring(): void {
    this.restoreTimers()
    this.alarms.ring()
  }

  /** Sets the timers of everything that hibernates. */
  private restoreTimers(): void {
    this.sockets.restoreTimers()
    this.actors.resume()
    do this.updateSources()
    while (this.sources.isStale)
  }

  private finishEvent(): void {
    if (this.transactions.isAsync) return
    for (let round = 0; round < maxRounds; round++) {
      if (this.isUnsaved) this.save()
      if (this.outbound.isEmpty) return
      this.outbound.release()
    }
    log({ level: "error", event: "an event has effects without end" })
  }

  /** Saving may have effects too: an owner whose state cannot be stored fails. */
  private save(): void {
    for (let round = 0; this.isUnsaved && round < maxRounds; round++) {
      while (this.sources.isStale) this.updateSources()
      this.alarms.commit(this.restoreAllTimers)
      // Before the sockets: what an actor has sent is taken back where it cannot be stored, and sessions store what they send.
      if (this.dirtyGraphs.length > 0) for (const graph of this.dirtyGraphs.splice(0)) graph.save()
      this.sockets.save()
    }
  }

  private get isUnsaved(): boolean {
    return this.sources.isStale || this.alarms.isStale || this.sockets.hasUnsaved || this.dirtyGraphs.length > 0
  }

  /** Runs the shared sources that are needed, after flows have seen the cells that they depend on. */
  private updateSources(): void {
    if (this.hasCellChanged) {
      this.hasCellChanged = false
      this.sockets.reevaluate()
      this.alarms.invalidate()
    }
    if (this.sources.update()) this.alarms.invalidate()
  }
}

/** A value that is nested deeply may have been written with more of the stack left than there is now: it is unreadable. */
function readRow(kv: SyncKvStorage, key: string): unknown {
  try {
    return kv.get(key)
  } catch (error) {
    if (error instanceof RangeError) return []
    throw error
  }
}
