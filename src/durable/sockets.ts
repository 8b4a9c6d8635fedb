import { ActorSourceStage } from "../actor/actor-source.ts"
import { ActorScope, type ActorSystem, connectionOf } from "../actor/actor-system.ts"
import type { Watch } from "../actor/watches.ts"
import { CloseCode } from "../socket/close.ts"
import type { Data } from "../socket/codec.ts"
import type { AnyConnection, Endpoint, Share } from "../socket/endpoint.ts"
import type { ConnectionFacts } from "../socket/facts.ts"
import { assertDurable, fingerprint } from "../stream/fingerprint.ts"
import type { Snapshot } from "../stream/run.ts"
import type { AlarmClock } from "./alarm-clock.ts"
import type { Attachment, Attachments } from "./attachment.ts"
import { type ConnectionScope, OwnCells } from "./own-cells.ts"
import { type AnyChannel, Subscription } from "./subscription.ts"

/** A socket whose flow is in memory. */
interface Awake {
  id: string
  facts: ConnectionFacts
  cells: OwnCells
  actors: ActorScope
  fingerprint: string
  socket: WebSocket
  connection: AnyConnection
}

/** What tells who a connection is, and what is in its cells. */
type Identity = Pick<Attachment, "id" | "facts" | "cells">

/** What the sockets of an object need from it. */
export interface Surroundings {
  readonly alarms: AlarmClock
  readonly attachments: Attachments
  /** Every channel that a flow may listen to. */
  readonly channels: readonly AnyChannel[]
  readonly actors: ActorSystem
  readonly share: Share
  all(): WebSocket[]
  /** The socket of a connection. */
  byId(id: string): WebSocket | undefined
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
  private readonly changed = new Set<Awake>()
  private sleeping: Map<WebSocket, Attachment> | undefined
  private isExpecting = false

  constructor(private readonly object: Surroundings) {}

  /**
   * Starts the flow of a new socket, once `accept` has let it in. A `PinnedFlowError` for a flow that cannot hibernate.
   *
   * @returns what `accept` did
   */
  open<T>(socket: WebSocket, facts: ConnectionFacts, accept: (id: string, endpoint: Endpoint) => T): T {
    const { awake, endpoint } = this.build(socket, { id: crypto.randomUUID(), facts })
    const accepted = accept(awake.id, endpoint)
    this.awake.set(socket, awake)
    this.changed.add(awake)
    awake.connection.open()
    return accepted
  }

  /** The connection of a socket, rebuilt where it is asleep; `undefined` where there is none any more. */
  connection(socket: WebSocket): AnyConnection | undefined {
    const awake = this.awake.get(socket)
    if (awake) return awake.connection
    const attachment = this.attachmentFor(socket)
    this.sleeping?.delete(socket)
    return attachment && this.wake(socket, attachment)
  }

  /** Sends an element to those who listen in their sleep. */
  publish(channel: string, element: unknown): void {
    for (const [socket, attachment] of [...this.sleepers()]) {
      if (!attachment.hubs?.includes(channel)) continue
      const frame = attachment.direct === channel ? this.frameFor(attachment, element) : undefined
      // Whatever is not simply sent is up to the flow, which gets the element as soon as it listens.
      if (frame === undefined) this.connection(socket)
      else socket.send(frame)
    }
  }

  /** Sends a message to the client of an actor that is asleep, and whose messages go to the client as they are. */
  deliver(path: string, message: unknown): boolean {
    const socket = this.socketOf(path)
    if (!socket || this.awake.has(socket)) return false
    const attachment = this.attachmentFor(socket)
    const frame = attachment?.direct === path ? this.frameFor(attachment, message) : undefined
    if (frame !== undefined) socket.send(frame)
    return frame !== undefined
  }

  /** Brings the connection that a path belongs to into memory. */
  rouseActor(path: string): void {
    const socket = this.socketOf(path)
    if (socket) this.connection(socket)
  }

  /** Who of those asleep watches whom outside, and the other way round. */
  get linksAsleep(): Watch[] {
    return [...this.sleepers().values()].flatMap(({ links = [] }) => links)
  }

  /** Wakes those who listen in their sleep. */
  rouse(channel: string): void {
    for (const [socket, { hubs }] of [...this.sleepers()]) if (hubs?.includes(channel)) this.connection(socket)
  }

  isHeardAsleep(channel: string): boolean {
    for (const { hubs } of this.sleepers().values()) if (hubs?.includes(channel)) return true
    return false
  }

  /** Tells the clock of the timers of sockets that are asleep. */
  expect(): void {
    if (this.isExpecting) return
    this.isExpecting = true
    for (const [socket, { id, due }] of this.sleepers()) {
      if (due !== undefined) this.object.alarms.set(id, due, () => void this.connection(socket))
    }
  }

  /** A cell has changed: flows may depend on it. */
  touch(): void {
    for (const [socket, { watches }] of [...this.sleepers()]) if (watches) this.connection(socket)
    for (const { connection } of [...this.awake.values()]) if (connection.watches) connection.touch()
  }

  /** Writes what has changed, once for all that an event has done. */
  save(): void {
    for (const awake of this.changed) {
      this.changed.delete(awake)
      if (this.awake.get(awake.socket) !== awake) continue
      if (awake.connection.isOver) this.forget(awake)
      else this.keep(awake)
    }
  }

  private keep(awake: Awake): void {
    const { socket, connection } = awake
    try {
      this.object.attachments.write(socket, this.attachmentOf(awake))
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
      const run = this.migrated(saved.run, attachment.fingerprint, awake)
      if (run) {
        this.awake.set(socket, awake)
        awake.connection.open({ ...saved, run })
        return awake.connection
      }
      socket.close(CloseCode.serviceRestart, "The service has changed")
    } catch (error) {
      console.error(`The flow of ${nameOf(facts)} cannot go on:`, error)
      socket.close(CloseCode.internalError, "")
    }
    this.forget({ socket, id })
    return undefined
  }

  private migrated(snapshot: Snapshot, from: string, awake: Awake): Snapshot | undefined {
    if (from === awake.fingerprint) return snapshot
    this.changed.add(awake)
    return this.object.migrate(snapshot, from, awake.fingerprint)
  }

  private build(socket: WebSocket, { id, facts, cells: values }: Identity): { awake: Awake; endpoint: Endpoint } {
    const onChanged = () => void this.changed.add(awake)
    const cells = new OwnCells(values, onChanged)
    const endpoint = this.object.endpoint(cells.scope(facts))
    const actors = new ActorScope(this.object.actors, `/@${id}`)
    const hooks = { onChanged, onSettled: () => this.object.settled(), origin: actors }
    const connection = endpoint.connection(socket, this.object.alarms.for(id), nameOf(facts), hooks, this.object.share)
    assertDurable(connection.steps)
    const awake: Awake = { id, facts, cells, actors, socket, connection, fingerprint: fingerprint(connection.steps) }
    return { awake, endpoint }
  }

  /** The frame that a flow makes of an element; `undefined` where it does more than to send it. */
  private frameFor({ facts, cells, saved }: Attachment, element: unknown): Data | undefined {
    if (!saved.isOpen) return undefined
    try {
      const endpoint = this.object.endpoint(new OwnCells(cells).scope(facts))
      const frame = endpoint.frame(element, this.object.share)
      return typeof frame === "string" || frame instanceof Uint8Array ? frame : undefined
    } catch {
      return undefined
    }
  }

  private attachmentOf({ id, facts, cells, actors, fingerprint, connection }: Awake): Attachment {
    const { output, due, origin, watches } = connection
    const links = this.object.actors.watchesAcross(actors)
    const hubs = this.object.channels.filter((channel) => channel.isHeardBy(origin)).map(({ name }) => name)
    return {
      id,
      facts,
      ...(cells.values.size > 0 && { cells: cells.values }),
      fingerprint,
      saved: connection.save(),
      ...(due < Infinity && { due }),
      ...(hubs.length > 0 && { hubs }),
      ...(watches && { watches }),
      ...(output instanceof Subscription && { direct: output.channel.name }),
      ...(output instanceof ActorSourceStage && { direct: output.path }),
      ...(links.length > 0 && { links }),
    }
  }

  /** Its socket is closed and nothing is left to do. */
  private forget({ socket, id }: Pick<Awake, "socket" | "id">): void {
    this.awake.delete(socket)
    this.object.alarms.cancel(id)
    this.object.attachments.clear(id)
    socket.serializeAttachment(null)
  }

  private socketOf(path: string): WebSocket | undefined {
    const connection = connectionOf(path)
    return connection === "" ? undefined : this.object.byId(connection.slice(2))
  }

  private attachmentFor(socket: WebSocket): Attachment | undefined {
    return this.sleeping?.get(socket) ?? this.object.attachments.read(socket)
  }

  private sleepers(): Map<WebSocket, Attachment> {
    if (this.sleeping) return this.sleeping
    this.sleeping = new Map()
    for (const socket of this.object.all()) {
      const attachment = this.awake.has(socket) ? undefined : this.object.attachments.read(socket)
      if (attachment) this.sleeping.set(socket, attachment)
    }
    return this.sleeping
  }
}

/** What the log calls a connection. */
function nameOf({ url }: ConnectionFacts): string {
  return new URL(url).pathname
}
