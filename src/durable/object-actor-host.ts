import type { ActorHost } from "../actor/actor-host.ts"
import type { Watch, WatchStorage } from "../actor/death-watch.ts"
import type { Runnable } from "../actor/letter.ts"
import { systemClock } from "../stream/clock.ts"
import type { Logger } from "../stream/logger.ts"
import type { Outbound } from "./outbound.ts"

/** The parts of an object that its actors depend on. */
export interface ActingObject {
  readonly log: Logger
  readonly outbound: Outbound
  readonly frames: { whileBroadcasting(element: unknown, publish: () => void): void }
  readonly actors: { wake(path: string): void; isRefused(path: string): boolean; resume(): void; restore(): void }
  readonly sockets: {
    hasConnection(id: string): boolean
    wakeConnection(id: string): void
    readonly hibernating: {
      deliver(path: string, id: string, message: unknown): boolean
      readonly watches: Iterable<Watch>
    }
  }
  event<T>(handler: () => T): T
  whenSaved(effect: () => void): void
}

/** The host of the actors of an object. Their turns and effects are part of its events. */
export class ObjectActorHost implements ActorHost {
  readonly clock = systemClock

  constructor(
    private readonly object: ActingObject,
    readonly storedWatches: WatchStorage,
  ) {}

  get log(): Logger {
    return this.object.log
  }

  event(handler: () => void): void {
    this.object.event(handler)
  }

  turn(actor: Runnable): void {
    this.object.outbound.withSender(actor, () => actor.turn())
  }

  whenSaved(effect: () => void): void {
    this.object.whenSaved(effect)
  }

  discard(actor: Runnable): void {
    this.object.outbound.discard(actor)
  }

  wake(path: string, connection: string | undefined): void {
    const { actors, sockets } = this.object
    this.event(() => {
      if (connection === undefined) actors.wake(path)
      else sockets.wakeConnection(connection)
    })
  }

  isRefused(path: string): boolean {
    return this.object.actors.isRefused(path)
  }

  deliverHibernating(path: string, connection: string, message: unknown): boolean {
    return this.object.event(() => this.object.sockets.hibernating.deliver(path, connection, message))
  }

  broadcast(message: unknown, tell: () => void): void {
    this.event(() => this.object.frames.whileBroadcasting(message, tell))
  }

  restoreActors(): void {
    this.event(() => this.object.actors.restore())
  }

  hibernatingWatches(): Iterable<Watch> {
    // The watches of the object's own actors are saved with them.
    this.object.actors.resume()
    return this.object.sockets.hibernating.watches
  }

  hasConnection(id: string): boolean {
    return this.object.sockets.hasConnection(id)
  }
}
