import { SharedFrames } from "../session/shared-frames.ts"
import { sendable } from "../socket/close.ts"
import type { EventScope } from "../stream/clock-host.ts"
import { type Logger, log } from "../stream/logger.ts"
import { ObjectActorHome } from "./actor-home.ts"
import { AlarmClock } from "./alarm-clock.ts"
import { AuthorAlarm } from "./author-alarm.ts"
import { type OwnStorage, shareStorage } from "./author-storage.ts"
import { DirtySet } from "./dirty-set.ts"
import { ObjectActorHost } from "./object-actor-host.ts"
import { ObjectActors } from "./object-actors.ts"
import type { ObjectCallbacks } from "./object-context.ts"
import { ObjectEvents } from "./object-events.ts"
import { Outbound } from "./outbound.ts"
import { OwnRows } from "./own-rows.ts"
import { FrameCache } from "./shared/frame-cache.ts"
import { Hubs } from "./shared/hubs.ts"
import { ObjectGraphs } from "./shared/object-graphs.ts"
import { SharedSources } from "./shared/shared-sources.ts"
import { Topics } from "./shared/topics.ts"
import { AcceptedSockets } from "./sockets/accepted-sockets.ts"
import { AttachmentStore } from "./sockets/attachment-store.ts"
import { AwakeSockets } from "./sockets/awake-sockets.ts"
import { SocketEvents } from "./sockets/socket-events.ts"
import { Sockets } from "./sockets/sockets.ts"
import { StorageEvents, type StoredObject } from "./storage-events.ts"
import { Transactions } from "./transactions.ts"
import { Wakefulness } from "./wakefulness.ts"
import { WatchRows } from "./watch-rows.ts"

/** The bound of the rounds at the end of an event. More rounds mean that its effects cause one another without end. */
const maxRounds = 10_000

/**
 * A `FlowObject` at work: its events, and the sockets, actors and shared sources in them. Every effect on the object happens in an event:
 * overdue timers fire first, then the handler runs, then the changes are saved, then everything is sent.
 */
export class ObjectRuntime extends ObjectEvents implements EventScope, StoredObject {
  readonly alarms: AlarmClock
  readonly authorAlarm: AuthorAlarm
  readonly accepted: AcceptedSockets
  readonly sockets: Sockets
  readonly socketEvents: SocketEvents
  readonly actorHome: ObjectActorHome
  readonly actors: ObjectActors
  readonly topics: Topics
  readonly hubs: Hubs
  readonly sources: SharedSources
  readonly log: Logger
  readonly outbound: Outbound
  readonly frames = new FrameCache()
  readonly transactions = new Transactions()
  readonly rows: OwnRows
  /** Whether no event has shown yet that the sockets of this object have outlived its last instance. */
  mayFollowCrash = false
  /** Changes with each event, and whenever the author may have changed storage. */
  epoch = 0
  private readonly storage: OwnStorage
  private readonly dirty = new DirtySet()
  private readonly wakefulness = new Wakefulness()
  readonly keepAwake = () => this.wakefulness.keepAwake()
  private hasCellChanged = false

  constructor(
    private readonly ctx: DurableObjectState,
    callbacks: ObjectCallbacks,
  ) {
    super()
    const { transactions, frames, dirty } = this
    const { className, defaults } = callbacks
    this.log = (entry) => (defaults().logger ?? log)(entry)
    this.outbound = new Outbound(this.log)
    const { outbound } = this
    const event = (handler: () => void) => this.event(handler)
    this.storage = shareStorage(ctx.storage, new StorageEvents(this))
    this.alarms = new AlarmClock(this.storage)
    this.authorAlarm = new AuthorAlarm(ctx.storage.kv, this.alarms, this.log)
    const awake = new AwakeSockets()
    this.accepted = new AcceptedSockets(ctx, awake)
    this.topics = new Topics({
      event,
      log: this.log,
      startSources: () => this.sources.isStarted || this.updateAllSources(),
      whileBroadcasting: (element, publish) => frames.whileBroadcasting(element, publish),
      publishHibernating: (...args) => this.sockets.subscribers.publish(...args),
      ownersOf: (ids) => this.sockets.subscribers.ownersOf(ids),
      subscribersChanged: () => this.sources.invalidate(),
      outbound,
      transactions,
    })
    const { alarms, accepted, topics } = this
    const shared = { className, log: this.log, alarms, dirty, scope: this, outbound, topics }
    const { kv } = ctx.storage
    this.rows = new OwnRows(kv, transactions)
    const graphs = new ObjectGraphs({ ...this.storage, kv: this.rows }, shared)
    this.actorHome = new ObjectActorHome(new ObjectActorHost(this, new WatchRows(this.rows)))
    this.actors = new ObjectActors({ className, kv: this.rows, home: this.actorHome, graphs })
    this.sockets = new Sockets(
      {
        ...callbacks,
        ...shared,
        accepted,
        attachments: new AttachmentStore(ctx.storage),
        saveNow: () => transactions.isAsync || dirty.save(),
        channels: topics.channels,
        actors: this.actorHome,
        share: (codec) => frames.shared(codec),
        logOf: (channel) => this.hubs.logOf(channel),
        sessionFrames: new SharedFrames(),
      },
      awake,
    )
    this.socketEvents = new SocketEvents(this)
    this.hubs = new Hubs({ event, topics, subscribers: this.sockets.subscribers, connections: accepted, kv })
    this.sources = new SharedSources(topics, this.sockets.subscribers, graphs)
  }

  /** Reads the alarm when the object wakes up. */
  async restore(): Promise<void> {
    // Storage has no alarm when the alarm itself wakes the object.
    const alarm = await this.ctx.storage.getAlarm()
    this.authorAlarm.restore()
    this.alarms.restoreAlarm(alarm ?? Infinity)
    this.mayFollowCrash = true
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

  storageChanged(): void {
    this.epoch++
    this.hubs.forget()
  }

  override whenSaved(effect: () => void): void {
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
        // After the event is saved, because its writes are to be deleted too.
        this.outbound.hold({ send: () => resolve(this.deleteEverything()), sender: undefined })
      })
    })
  }

  /** Sets the timers of everything that hibernates. */
  restoreTimers(): void {
    this.sockets.restoreTimers()
    this.actors.resume()
    this.updateAllSources()
  }

  /** Runs the shared sources that have subscribers, and those that these subscribe to. */
  private updateAllSources(): void {
    this.sources.invalidate()
    for (let round = 0; this.sources.isStale && round < maxRounds; round++) this.updateSources()
  }

  /** Does not wait for storage, because an event that comes meanwhile belongs to the new object. */
  private async deleteEverything(): Promise<void> {
    const deleted = [this.storage.deleteAll(), this.storage.deleteAlarm()]
    // The event may have set timers again.
    this.alarms.cancelAll()
    this.hubs.discard()
    this.actors.discard()
    this.storageChanged()
    await Promise.all(deleted)
  }

  protected override beginEvent(): void {
    this.epoch++
    this.alarms.freezeTime(true)
    if (this.mayFollowCrash) this.checkCrash()
    if (this.alarms.isDue) this.fireTimers()
  }

  protected override leaveEvent(): void {
    this.alarms.freezeTime(false)
  }

  /** A crash loses all sockets at once, so an object that has one has not crashed. */
  private checkCrash(): void {
    const { system } = this.actorHome
    this.mayFollowCrash = false
    if (system && !this.accepted.hasSockets) system.notifyOfLost()
  }

  private fireTimers(): void {
    this.restoreTimers()
    this.alarms.fireDue()
  }

  /**
   * Saves everything, then sends everything, until nothing is left. Each step can make an earlier one necessary: a state that cannot
   * be stored fails its flow, and a frame that cannot be sent ends it. A timer that is due at the time of the event fires in it, because
   * everything that was due before the alarm counts as delivered, and a source with a schedule may have emitted at this time already.
   */
  protected override finishEvent(): void {
    if (this.transactions.isAsync) return
    const { outbound } = this
    // The time stands still in an event, so only a new alarm can make a timer due after its beginning.
    let isNewAlarm = false
    let hasFired = false
    for (let round = 0; round < maxRounds; round++) {
      if (this.sources.isStale) this.updateSources()
      else if (this.alarms.isStale) {
        this.alarms.commit(() => this.restoreTimers())
        isNewAlarm = true
      } else if (isNewAlarm && !hasFired && this.alarms.isDue) {
        hasFired = true
        this.fireTimers()
      } else if (!this.dirty.isEmpty) this.dirty.save()
      else if (outbound.isEmpty || !outbound.release()) return
    }
    this.log({ level: "error", event: "an event has effects without end" })
  }

  /** Lets flows reevaluate changed cells, and then runs the shared sources that have subscribers. */
  private updateSources(): void {
    if (this.hasCellChanged) {
      this.hasCellChanged = false
      this.sockets.reevaluate()
      this.alarms.invalidate()
    }
    if (this.sources.update()) this.alarms.invalidate()
  }
}
