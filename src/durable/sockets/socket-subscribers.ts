import type { AnyChannel } from "../shared/channel.ts"
import type { AcceptedSockets } from "./accepted-sockets.ts"
import type { AwakeSockets } from "./awake-sockets.ts"
import type { HibernatingSockets } from "./hibernating.ts"
import type { ObjectSocket } from "./object-socket.ts"

/** The sockets of an object as the subscribers of its channels. */
export class SocketSubscribers {
  /** @param restore restores the flow of a hibernating socket */
  constructor(
    private readonly accepted: AcceptedSockets,
    readonly hibernating: HibernatingSockets,
    private readonly awake: AwakeSockets,
    private readonly restore: (socket: ObjectSocket) => void,
  ) {}

  /** The owners of the runs of these connections. Hibernating ones have no run. */
  ownersOf(ids: readonly string[]): Set<unknown> {
    return new Set(ids.flatMap((id) => this.awake.byId(id)?.owner ?? []))
  }

  /**
   * Publishes an element to hibernating subscribers. If it cannot be sent to one directly, its flow is restored, subscribes and receives
   * it. A restored flow can cause others to be restored, so the direct frames are sent afterwards, to the subscribers that still hibernate.
   */
  publish(channel: string, element: unknown, except: readonly string[]): void {
    const sends = new Map<ObjectSocket, () => void>()
    for (const [socket, attachment] of this.hibernating.subscribersOf(channel)) {
      // A flow that was restored meanwhile gets the element with the other flows in memory.
      if (!this.hibernating.has(socket)) continue
      const isDirect = this.hibernating.isDirect(channel, attachment)
      if (except.includes(attachment.id)) {
        // A session that counts the elements since its record has to be written again.
        if (attachment.session && isDirect) this.restore(socket)
        continue
      }
      const send = isDirect && this.hibernating.direct(socket, attachment, element)
      if (send) sends.set(socket, send)
      else this.restore(socket)
    }
    for (const [socket, send] of sends) if (this.hibernating.has(socket)) send()
    for (const id of except) this.awake.byId(id)?.sessionSocket?.onExcepted(channel)
  }

  /** Restores the hibernating subscribers of a channel. */
  wakeSubscribers(channel: string): void {
    for (const [socket] of this.hibernating.subscribersOf(channel)) this.restore(socket)
  }

  /** Restores the hibernating subscribers of a channel that an element cannot be sent to directly. */
  restoreIndirect(channel: string): void {
    for (const [socket, attachment] of this.hibernating.subscribersOf(channel)) {
      if (!this.hibernating.isDirect(channel, attachment)) this.restore(socket)
    }
  }

  /** The ids of the connections that subscribe to a channel: the oldest socket first, connections without a socket last. */
  subscriberIds(channel: AnyChannel): string[] {
    return this.accepted.all().flatMap((socket) => {
      const awake = this.awake.get(socket)
      if (awake) return channel.hasSubscriber(awake.owner) ? [awake.id] : []
      const hibernating = this.hibernating.get(socket)
      return hibernating?.hubs?.includes(channel.name) ? [hibernating.id] : []
    })
  }
}
