import { connectionOf } from "../actor/actor-system.ts"
import { countersOf } from "../socket/counters.ts"
import type { Endpoint } from "../socket/endpoint.ts"
import { routeOf } from "../socket/facts.ts"
import type { Attachment } from "./attachment.ts"
import type { Outlets } from "./outlets.ts"
import { OwnCells } from "./own-cells.ts"
import type { Surroundings } from "./sockets.ts"

/** The sockets whose flows are asleep. What is attached to all of them is read once, when it is first asked for. */
export class Sleepers {
  private all: Map<WebSocket, Attachment> | undefined
  /** By the ids of their connections. */
  private readonly ids = new Map<string, WebSocket>()
  /** By the paths of the actors whose messages go to their clients as they are; see `Attachment.direct`. */
  private readonly directs = new Map<string, WebSocket>()
  private readonly endpoints = new WeakMap<Attachment, Endpoint>()

  constructor(
    private readonly object: Surroundings,
    private readonly outlets: Outlets,
    private readonly isAwake: (socket: WebSocket) => boolean,
  ) {}

  /** Each with what is attached to it. Whoever wakes some of them goes through a copy. */
  entries(): ReadonlyMap<WebSocket, Attachment> {
    if (this.all) return this.all
    this.all = new Map()
    for (const socket of this.object.accepted.all()) {
      const attachment = this.isAwake(socket) ? undefined : this.object.attachments.read(socket)
      if (!attachment) continue
      this.all.set(socket, attachment)
      this.ids.set(attachment.id, socket)
      if (attachment.direct !== undefined) this.directs.set(attachment.direct, socket)
    }
    return this.all
  }

  /** What is attached to one; `undefined` where its socket is closed. */
  get(socket: WebSocket): Attachment | undefined {
    return this.all?.get(socket) ?? this.object.attachments.read(socket)
  }

  /** It is awake, or gone. */
  delete(socket: WebSocket): void {
    this.all?.delete(socket)
  }

  /** The socket that an actor's path belongs to, awake or asleep. */
  socketOf(path: string): WebSocket | undefined {
    const id = connectionOf(path).slice(2)
    return id === "" ? undefined : (this.ids.get(id) ?? this.object.accepted.byId(id))
  }

  /** Sends a message to the client of an actor, if that is asleep and its messages go to the client as they are. */
  deliver(path: string, message: unknown): boolean {
    const socket = this.directs.get(path) ?? this.socketOf(path)
    if (!socket || this.isAwake(socket)) return false
    const attachment = this.get(socket)
    return attachment?.direct === path && this.send(socket, attachment, message)
  }

  /** Sends what a flow makes of an element; not where it does more than to send it, or where the client is slow. */
  send(socket: WebSocket, attachment: Attachment, element: unknown): boolean {
    if (!attachment.saved.isOpen) return false
    try {
      const endpoint = this.endpointOf(attachment)
      const frame = endpoint.frame(element, this.object.share)
      const isSlow = (socket.bufferedAmount ?? 0) > endpoint.limits.outgoing
      if (isSlow || (typeof frame !== "string" && !(frame instanceof Uint8Array))) return false
      this.outlets.of(socket, attachment.isBatched).send(frame)
      countersOf(routeOf(attachment.facts)).sent(frame)
      return true
    } catch {
      return false
    }
  }

  /** What says how to encode for one; asked for once. */
  private endpointOf(attachment: Attachment): Endpoint {
    const known = this.endpoints.get(attachment)
    if (known) return known
    const endpoint = this.object.endpoint(new OwnCells(attachment.cells).scope(attachment.facts))
    this.endpoints.set(attachment, endpoint)
    return endpoint
  }
}
