import { CloseCode } from "../socket/close.ts"
import type { AnyConnection, Endpoint, Share } from "../socket/endpoint.ts"
import type { ConnectionFacts } from "../socket/facts.ts"
import { assertDurable, fingerprint } from "../stream/fingerprint.ts"
import type { Snapshot } from "../stream/run.ts"
import type { AlarmClock } from "./alarm-clock.ts"
import type { Attachment, Attachments } from "./attachment.ts"
import { type AnyChannel, Subscription } from "./subscription.ts"

/** A socket whose flow is in memory. */
interface Awake extends Omit<Attachment, "saved"> {
  socket: WebSocket
  connection: AnyConnection
  isChanged: boolean
}

/** What the sockets of an object need from it. */
export interface Surroundings {
  readonly alarms: AlarmClock
  readonly attachments: Attachments
  /** Every channel that a flow may listen to. */
  readonly channels: readonly AnyChannel[]
  readonly share: Share
  all(): WebSocket[]
  endpoint(facts: ConnectionFacts): Endpoint
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
  private sleeping: Map<WebSocket, Attachment> | undefined
  /** How many flows were built since the object woke up. */
  built = 0

  constructor(private readonly object: Surroundings) {}

  /** Starts the flow of a new socket. A `PinnedFlowError` for one that cannot hibernate. */
  open(socket: WebSocket, facts: ConnectionFacts, endpoint: Endpoint, accept: () => void): void {
    const awake = this.build(socket, { id: crypto.randomUUID(), facts, fingerprint: "" }, endpoint)
    accept()
    awake.isChanged = true
    awake.connection.open()
  }

  /** The connection of a socket, rebuilt where it is asleep; `undefined` where there is none any more. */
  connection(socket: WebSocket): AnyConnection | undefined {
    const awake = this.awake.get(socket)
    if (awake) return awake.connection
    const attachment = this.sleeping?.get(socket) ?? this.object.attachments.read(socket)
    this.sleeping?.delete(socket)
    return attachment && this.wake(socket, attachment)
  }

  /** Sends an element to those who listen in their sleep. */
  publish(channel: string, element: unknown): void {
    for (const [socket, { facts, hubs, direct, saved }] of [...this.sleepers()]) {
      if (!hubs?.includes(channel)) continue
      if (direct !== channel || !saved.isOpen) this.connection(socket)
      else {
        const frame = this.object.endpoint(facts).frame(element, this.object.share)
        if (typeof frame === "string" || frame instanceof Uint8Array) socket.send(frame)
        else socket.close(frame.code, frame.reason)
      }
    }
  }

  isHeardAsleep(channel: string): boolean {
    for (const { hubs } of this.sleepers().values()) if (hubs?.includes(channel)) return true
    return false
  }

  /** Tells the clock of the timers of sockets that are asleep. */
  expect(): void {
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
    for (const awake of [...this.awake.values()]) {
      if (!awake.isChanged) continue
      awake.isChanged = false
      if (awake.connection.isOver) this.forget(awake)
      else this.object.attachments.write(awake.socket, this.attachmentOf(awake))
    }
  }

  private wake(socket: WebSocket, { saved, ...kept }: Attachment): AnyConnection | undefined {
    const awake = this.build(socket, kept, this.object.endpoint(kept.facts))
    const run =
      awake.fingerprint === kept.fingerprint
        ? saved.run
        : this.object.migrate(saved.run, kept.fingerprint, awake.fingerprint)
    if (run) {
      awake.connection.open({ ...saved, run })
      return awake.connection
    }
    this.forget(awake)
    socket.close(CloseCode.serviceRestart, "The service has changed")
    return undefined
  }

  private build(socket: WebSocket, kept: Omit<Attachment, "saved">, endpoint: Endpoint): Awake {
    const clock = this.object.alarms.for(kept.id)
    const name = new URL(kept.facts.url).pathname
    const hooks = {
      onChanged: () => {
        awake.isChanged = true
      },
      onSettled: () => this.object.settled(),
    }
    const connection = endpoint.connection(socket, clock, name, hooks, this.object.share)
    assertDurable(connection.steps)
    const awake: Awake = { ...kept, socket, connection, fingerprint: fingerprint(connection.steps), isChanged: false }
    this.awake.set(socket, awake)
    this.built++
    return awake
  }

  private attachmentOf({ id, facts, fingerprint, connection }: Awake): Attachment {
    const { output, due, origin, watches } = connection
    const hubs = this.object.channels.filter((channel) => channel.isHeardBy(origin)).map(({ name }) => name)
    return {
      id,
      facts,
      fingerprint,
      saved: connection.save(),
      ...(due < Infinity && { due }),
      ...(hubs.length > 0 && { hubs }),
      ...(watches && { watches }),
      ...(output instanceof Subscription && { direct: output.channel.name }),
    }
  }

  /** Its socket is closed and nothing is left to do. */
  private forget({ socket, id }: Awake): void {
    this.awake.delete(socket)
    this.object.alarms.cancel(id)
    this.object.attachments.clear(id)
    socket.serializeAttachment(null)
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
