import { ActorSourceStage } from "../actor/actor-source.ts"
import { ActorScope, type ActorSystem } from "../actor/actor-system.ts"
import type { Watch } from "../actor/watches.ts"
import { asksForBatches, batchProtocol } from "../socket/batch.ts"
import { CloseCode } from "../socket/close.ts"
import type { AnyConnection, Endpoint, Share } from "../socket/endpoint.ts"
import { type ConnectionFacts, routeOf } from "../socket/facts.ts"
import type { Description } from "../stream/blueprint.ts"
import { assertDurable, fingerprint } from "../stream/fingerprint.ts"
import { log } from "../stream/logger.ts"
import type { Snapshot } from "../stream/run.ts"
import type { AcceptedSockets } from "./accepted-sockets.ts"
import type { AlarmClock } from "./alarm-clock.ts"
import type { Attachment, Attachments } from "./attachment.ts"
import { fold, type Others, textOf } from "./folding.ts"
import { type Activity, IdleSweep } from "./idle-sweep.ts"
import { Outlets } from "./outlets.ts"
import { type ConnectionScope, OwnCells } from "./own-cells.ts"
import { Sleepers } from "./sleepers.ts"
import { type AnyChannel, Subscription } from "./subscription.ts"

/** A socket whose flow is in memory. */
interface Awake {
  id: string
  fingerprint: string
  /** What of its attachment never changes. */
  unchanging: string
  cells: OwnCells
  actors: ActorScope
  socket: WebSocket
  connection: AnyConnection
  activity: Activity | undefined
  isBatched: true | undefined
  /** Whether there is something new to write. */
  hasChanged: boolean
  /** What was written last says that its flow cannot go on. */
  isLost?: boolean
}

/** What tells who a connection is, and what is in its cells. */
type Known = Pick<Attachment, "id" | "facts" | "cells" | "activity" | "isBatched">

/** What the sockets of an object need from it. */
export interface Surroundings {
  readonly accepted: AcceptedSockets
  readonly alarms: AlarmClock
  readonly attachments: Attachments
  /** Every channel that a flow may listen to. */
  readonly channels: readonly AnyChannel[]
  readonly actors: ActorSystem
  readonly share: Share
  endpoint(scope: ConnectionScope): Endpoint
  /** What to go on with where the flow has changed; `undefined` to close the socket. */
  migrate(snapshot: Snapshot, from: string, to: string): Snapshot | undefined
  /** An event of a connection is over that was not begun by the object itself. */
  settled(): void
}

/**
 * The sockets of an object: those whose flow is in memory, and those that are asleep. On wake nothing is rebuilt; a socket's
 * flow is when it has a message, a timer, or an element of a hub that is not sent as it is.
 */
export class Sockets {
  private readonly awake = new Map<WebSocket, Awake>()
  private changed: Awake[] = []
  private readonly outlets = new Outlets()
  private readonly sleepers: Sleepers
  private isExpecting = false
  private readonly onSettled = () => this.object.settled()
  private readonly idle: IdleSweep

  constructor(private readonly object: Surroundings) {
    const { alarms, accepted } = object
    const answeredAt = (socket: WebSocket) => accepted.answeredAt(socket)
    this.sleepers = new Sleepers(object, this.outlets, (socket) => this.awake.has(socket))
    const close = (socket: WebSocket) => void this.connection(socket)?.idled()
    this.idle = new IdleSweep({ activities: () => this.activities(), answeredAt, close }, alarms)
  }

  /**
   * Starts the flow of a new socket, once `accept` has let it in. A `PinnedFlowError` for a flow that cannot hibernate.
   *
   * @returns what `accept` did
   */
  open<T>(
    socket: WebSocket,
    request: Request,
    facts: ConnectionFacts,
    accept: (id: string, endpoint: Endpoint) => T,
  ): T {
    const { awake, endpoint } = this.build(socket, { id: crypto.randomUUID(), facts }, request)
    const accepted = accept(awake.id, awake.isBatched ? { ...endpoint, subprotocol: batchProtocol } : endpoint)
    this.awake.set(socket, awake)
    this.change(awake)
    this.heard(socket)
    awake.connection.open()
    return accepted
  }

  /** Something has come from a client. */
  heard(socket: WebSocket): void {
    const awake = this.awake.get(socket)
    if (!awake?.activity) return
    const { activity } = awake
    activity.at = this.object.alarms.now()
    this.idle.expect(activity)
    if (this.idle.isNews(activity)) this.change(awake)
  }

  /** The connection of a socket, rebuilt where it is asleep; `undefined` where there is none any more. */
  connection(socket: WebSocket): AnyConnection | undefined {
    const awake = this.awake.get(socket)
    if (awake) return awake.connection
    const attachment = this.sleepers.get(socket)
    this.sleepers.delete(socket)
    return attachment && this.wake(socket, attachment)
  }

  /** Sends an element to those who listen in their sleep. */
  publish(channel: string, element: unknown): void {
    for (const [socket, attachment] of [...this.sleepers.entries()]) {
      if (!attachment.hubs?.includes(channel)) continue
      // Whatever is not simply sent is up to the flow, which gets the element as soon as it listens.
      if (attachment.direct !== channel || !this.sleepers.send(socket, attachment, element)) this.connection(socket)
    }
  }

  /** Sends a message to the client of an actor that is asleep, and whose messages go to the client as they are. */
  deliver(path: string, message: unknown): boolean {
    return this.sleepers.deliver(path, message)
  }

  /** Brings the connection that a path belongs to into memory. */
  rouseActor(path: string): void {
    const socket = this.sleepers.socketOf(path)
    if (socket) this.connection(socket)
  }

  /** Who of those asleep watches whom outside, and the other way round. */
  get linksAsleep(): Watch[] {
    return [...this.sleepers.entries().values()].flatMap(({ links = [] }) => links)
  }

  /** Wakes those who listen in their sleep. */
  rouse(channel: string): void {
    for (const [socket, { hubs }] of [...this.sleepers.entries()]) if (hubs?.includes(channel)) this.connection(socket)
  }

  isHeardAsleep(channel: string): boolean {
    for (const { hubs } of this.sleepers.entries().values()) if (hubs?.includes(channel)) return true
    return false
  }

  /** Tells the clock of the timers of sockets that are asleep. */
  expect(): void {
    if (this.isExpecting) return
    this.isExpecting = true
    for (const [socket, { id, due, activity }] of this.sleepers.entries()) {
      if (due !== undefined) this.object.alarms.set(id, due, () => void this.connection(socket))
      if (activity) this.idle.expect(activity)
    }
  }

  /** A cell has changed: flows may depend on it. */
  touch(): void {
    for (const [socket, { watches }] of [...this.sleepers.entries()]) if (watches) this.connection(socket)
    for (const { connection } of [...this.awake.values()]) if (connection.watches) connection.touch()
  }

  /** Sends what has come together for those who take many messages in one frame. */
  flush(): void {
    this.outlets.flush()
  }

  /** Writes what has changed, once for all that an event has done. */
  save(): void {
    let postponed: Awake[] | undefined
    for (let awake = this.changed.pop(); awake; awake = this.changed.pop()) {
      // While a client is slow its object is kept in memory: only one that is evicted by force loses it.
      if (awake.isLost && awake.connection.isBehind) {
        postponed = [...(postponed ?? []), awake]
        continue
      }
      awake.hasChanged = false
      if (this.awake.get(awake.socket) !== awake) continue
      if (awake.connection.isOver) this.forget(awake)
      else this.keep(awake)
    }
    if (postponed) this.changed = postponed
  }

  private change(awake: Awake): void {
    if (awake.hasChanged) return
    awake.hasChanged = true
    this.changed.push(awake)
  }

  private keep(awake: Awake): void {
    const { socket, id, unchanging, connection } = awake
    const { attachments } = this.object
    try {
      const others = this.othersOf(awake)
      awake.isLost = false
      const folded = fold(unchanging, connection.save(), others)
      if (attachments.write(socket, id, folded)) return
      const lost = fold(unchanging, { ...connection.save(), run: [] }, { ...others, isLost: true })
      awake.isLost = connection.isBehind && attachments.write(socket, id, lost)
      if (!awake.isLost) attachments.spill(socket, id, folded)
    } catch (error) {
      connection.failed(error)
      connection.touch()
      this.forget(awake)
    }
  }

  private wake(socket: WebSocket, attachment: Attachment): AnyConnection | undefined {
    const { id, facts, saved } = attachment
    try {
      const { awake } = this.build(socket, attachment)
      if (attachment.links) this.object.actors.restore(attachment.links)
      const run = attachment.isLost ? undefined : this.migrated(saved.run, attachment.fingerprint, awake)
      if (run) {
        this.awake.set(socket, awake)
        if (awake.activity) this.idle.expect(awake.activity)
        awake.connection.open({ ...saved, run })
        return awake.connection
      }
      const reason = attachment.isLost ? "The service was interrupted" : "The service has changed"
      this.outlets.of(socket, attachment.isBatched).close(CloseCode.serviceRestart, reason)
    } catch (error) {
      log({ level: "error", event: "flow cannot go on", endpoint: routeOf(facts), connection: id, cause: error })
      this.outlets.of(socket, attachment.isBatched).close(CloseCode.internalError, "")
    }
    this.forget({ socket, id })
    return undefined
  }

  private migrated(snapshot: Snapshot, from: string, awake: Awake): Snapshot | undefined {
    if (from === awake.fingerprint) return snapshot
    this.change(awake)
    return this.object.migrate(snapshot, from, awake.fingerprint)
  }

  private build(
    socket: WebSocket,
    { id, facts, cells: values, activity: kept, isBatched: wasBatched }: Known,
    request?: Request,
  ): { awake: Awake; endpoint: Endpoint } {
    const onChanged = () => this.change(awake)
    const cells = new OwnCells(values, onChanged)
    const endpoint = this.object.endpoint(cells.scope(facts))
    const actors = new ActorScope(this.object.actors, `/@${id}`)
    let shape = ""
    const onWired = (steps: readonly Description[]) => {
      assertDurable(steps)
      shape = fingerprint(steps)
    }
    const hooks = { onWired, onChanged, onSettled: this.onSettled, origin: actors }
    const { alarms, share } = this.object
    const isBatched = wasBatched || (request && asksForBatches(request, endpoint)) || undefined
    const outlet = this.outlets.of(socket, isBatched)
    const connection = endpoint.connection(outlet, alarms.for(id), { endpoint: routeOf(facts), id }, hooks, share)
    const { idleTimeout: timeout } = endpoint.limits
    const activity = timeout < Infinity ? { timeout, at: kept?.at ?? alarms.now() } : undefined
    const awake: Awake = {
      ...{ id, cells, actors, socket, connection, activity, isBatched },
      fingerprint: shape,
      unchanging: textOf({ id, facts, fingerprint: shape }),
      hasChanged: false,
    }
    return { awake, endpoint }
  }

  /** What is kept of a connection besides its flow; for most there is nothing. */
  private othersOf({ cells, actors, connection, activity, isBatched }: Awake): Others | undefined {
    const { output, due, origin, watches } = connection
    const links = this.object.actors.watchesAcross(actors)
    const others: Others = {}
    for (const channel of this.object.channels) {
      if (!channel.isHeardBy(origin)) continue
      others.hubs ??= []
      others.hubs.push(channel.name)
    }
    if (cells.values) others.cells = cells.values
    if (due < Infinity) others.due = due
    if (watches) others.watches = true
    const direct = connection.isBehind ? undefined : directOf(output)
    if (direct !== undefined) others.direct = direct
    if (links.length > 0) others.links = links
    if (isBatched) others.isBatched = true
    if (activity) others.activity = this.idle.kept(activity)
    return Object.keys(others).length > 0 ? others : undefined
  }

  /** Its socket is closed and nothing is left to do. */
  private forget({ socket, id }: Pick<Awake, "socket" | "id">): void {
    this.awake.delete(socket)
    this.object.alarms.cancel(id)
    this.object.attachments.clear(id)
    socket.serializeAttachment(null)
    this.sleepers.delete(socket)
    this.idle.forget()
  }

  private *activities(): Iterable<[socket: WebSocket, activity: Activity]> {
    for (const { socket, activity } of this.awake.values()) if (activity) yield [socket, activity]
    for (const [socket, { activity }] of this.sleepers.entries()) if (activity) yield [socket, activity]
  }
}

/** What goes to the client as it is; not where something waits for a slow client, and would be overtaken. */
function directOf(output: unknown): string | undefined {
  if (output instanceof Subscription) return output.channel.name
  return output instanceof ActorSourceStage ? output.path : undefined
}
