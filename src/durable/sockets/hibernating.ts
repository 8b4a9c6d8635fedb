import type { Watch } from "../../actor/death-watch.ts"
import { overhead } from "../../session/sequence.ts"
import { CloseCode } from "../../socket/close.ts"
import type { DirectOutput } from "../../socket/endpoint.ts"
import { fingerprint } from "../../stream/engine/fingerprint.ts"
import type { SocketsHost } from "../object-context.ts"
import type { Attachment } from "./attachment.ts"
import { unreadable } from "./attachment-store.ts"
import type { AwakeSockets } from "./awake-sockets.ts"
import { ConnectionCells } from "./connection-cells.ts"
import type { ObjectSocket } from "./object-socket.ts"

/** The sockets whose flows are not in memory. All attachments are read at once, when they are first needed. */
export class HibernatingSockets {
  private all: Map<ObjectSocket, Attachment> | undefined
  /** By the ids of their connections. */
  private readonly ids = new Map<string, ObjectSocket>()
  private readonly outputs = new WeakMap<Attachment, DirectOutput>()
  /** The socket whose end the event reports. The runtime may not list it. */
  reported: ObjectSocket | undefined
  /** Whether an unreadable attachment has been logged. */
  private hasLogged = false

  constructor(
    private readonly object: SocketsHost,
    private readonly awake: AwakeSockets,
  ) {}

  /** Every socket with its attachment. Restoring a socket removes it, so iterate over a copy. */
  entries(): ReadonlyMap<ObjectSocket, Attachment> {
    if (this.all) return this.all
    this.all = new Map(this.found())
    for (const [socket, { id }] of this.all) this.ids.set(id, socket)
    return this.all
  }

  /** The subscribers of a channel, with their attachments. */
  subscribersOf(channel: string): [socket: ObjectSocket, attachment: Attachment][] {
    return [...this.entries()].filter(([, { hubs }]) => hubs?.includes(channel))
  }

  hasSubscriber(channel: string): boolean {
    for (const { hubs } of this.entries().values()) if (hubs?.includes(channel)) return true
    return false
  }

  /**
   * Whether the elements of a channel go to a client unchanged. A session counts those of a log only, which a deploy may have taken from
   * its hub.
   */
  isDirect(channel: string, { directSources, session }: Attachment): boolean {
    return directSources?.includes(channel) === true && (!session || this.object.logOf(channel) !== undefined)
  }

  /** The watches between actors of hibernating connections and actors outside. */
  get watches(): Watch[] {
    return [...this.entries().values()].flatMap(({ crossWatches = [] }) => crossWatches)
  }

  /** Whether the flow of a socket still hibernates, where the attachments have been read. */
  has(socket: ObjectSocket): boolean {
    return this.all?.has(socket) === true
  }

  /** The attachment of a socket; `undefined` if its connection is over, or if the socket is the author's. */
  get(socket: ObjectSocket): Attachment | undefined {
    const known = this.all?.get(socket)
    if (known) return known
    const isOurs = this.object.accepted.has(socket)
    return isOurs === false ? undefined : this.read(socket, isOurs)
  }

  /** Closes a socket that got a message but has no connection, unless it is the author's socket or closed already. */
  refuseOrphan(socket: ObjectSocket): void {
    if (this.object.accepted.has(socket) && this.object.attachments.isOrphan(socket)) this.refuse(socket)
  }

  /** Removes a socket, because its flow is in memory now or its connection is over. */
  delete(socket: ObjectSocket): void {
    this.all?.delete(socket)
  }

  /** The connection of this id has another socket. */
  forget(id: string): void {
    this.ids.delete(id)
  }

  /** The socket of a connection, hibernating or not. */
  socketOf(id: string): ObjectSocket | undefined {
    return this.ids.get(id) ?? this.object.accepted.byId(id)
  }

  /** Sends a message to the client of an actor without restoring its flow. Returns whether that was possible. */
  deliver(path: string, id: string, message: unknown): boolean {
    const socket = this.socketOf(id)
    if (!socket || this.awake.get(socket)) return false
    const attachment = this.get(socket)
    const send = attachment?.directSources?.includes(path) ? this.direct(socket, attachment, message) : undefined
    send?.()
    return send !== undefined
  }

  /** Sends an element without the flow; `undefined` if the flow has to handle it, for example because the client is slow. */
  direct(socket: ObjectSocket, attachment: Attachment, element: unknown): (() => void) | undefined {
    if (!attachment.saved.isOpen) return undefined
    const output = this.outputOf(socket, attachment)
    if (!output) return undefined
    const frame = this.encoded(output, element)
    if (typeof frame !== "string" && !(frame instanceof Uint8Array)) return undefined
    const { outbound, sessionFrames } = this.object
    const outgoing = outbound.socket(socket, attachment.isBatched)
    const { maxBufferedAmount, slowReader } = output.limits
    // With `fail` this frame may be the one that closes the socket.
    const amount = (outgoing.bufferedAmount ?? 0) + (slowReader === "fail" ? frame.length + overhead : 0)
    if (amount > maxBufferedAmount) return undefined
    return () => {
      if (attachment.session) for (const data of sessionFrames.encode(0, [frame], output.format)) outgoing.send(data)
      else outgoing.send(frame)
      output.metricsOf(attachment.info.route, this.object.defaults()).sent(frame)
    }
  }

  /** `undefined` if the codec throws. The flow is restored then, encodes the element again, and fails with the codec's error. */
  private encoded(output: DirectOutput, element: unknown): ReturnType<DirectOutput["frame"]> | undefined {
    try {
      return output.frame(element, this.object.share)
    } catch {
      return undefined
    }
  }

  /**
   * The output of a connection, made once. `undefined` if `accept` refuses the connection or throws, or if a deploy has
   * changed the flow, so that elements may not go to the client unchanged. The flow is restored then, which calls `accept` again and
   * reports its error.
   */
  private outputOf(socket: ObjectSocket, attachment: Attachment): DirectOutput | undefined {
    const known = this.outputs.get(attachment)
    if (known) return known
    try {
      const context = new ConnectionCells(attachment.cells).context(attachment.info)
      const endpoint = this.object.accepted.without(socket, () => this.object.endpoint(context))
      if (endpoint instanceof Response) return undefined
      if (fingerprint(endpoint.steps(), endpoint.version) !== attachment.fingerprint) return undefined
      this.outputs.set(attachment, endpoint.direct)
      return endpoint.direct
    } catch {
      return undefined
    }
  }

  private *found(): Iterable<[socket: ObjectSocket, attachment: Attachment]> {
    const { accepted } = this.object
    // A session that is not added now would never get the elements of this event.
    accepted.addVanished()
    for (const socket of accepted.all()) {
      const attachment = this.awake.get(socket) ? undefined : this.read(socket, true)
      if (attachment) yield [socket, attachment]
    }
    const { reported } = this
    if (!reported || this.awake.get(reported) || accepted.has(reported) !== undefined) return
    const attachment = this.read(reported, undefined)
    // The session of a durable connection has a stand-in.
    if (attachment && !accepted.detached.has(attachment.id)) yield [reported, attachment]
  }

  /** @param isOurs `undefined` for a vanished socket, whose tags the runtime does not return */
  private read(socket: ObjectSocket, isOurs: boolean | undefined): Attachment | undefined {
    const { accepted, attachments } = this.object
    const attachment = attachments.read(socket)
    if (attachment !== unreadable) {
      // The session of a vanished socket may go on with another one before the runtime reports the close.
      if (isOurs !== undefined || !attachment?.session) return attachment
      const { id } = attachment
      const isInMemory = this.awake.byId(id) !== undefined && !accepted.detached.has(id)
      return isInMemory || accepted.hasOpen(id) ? undefined : attachment
    }
    if (isOurs) this.refuse(socket)
    return undefined
  }

  /** Closes one socket whose attachment is of another release, or was overwritten by the author. */
  private refuse(socket: ObjectSocket): void {
    this.object.attachments.end(socket)
    this.object.accepted.release(socket)
    this.object.outbound.socket(socket, undefined).close(CloseCode.serviceRestart, "The service has changed")
    if (this.hasLogged) return
    this.hasLogged = true
    this.object.log({ level: "error", event: "attachment unreadable", code: CloseCode.serviceRestart })
  }
}
