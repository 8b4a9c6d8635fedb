import type { ActorHost } from "../actor/actor-host.ts"
import type { ActorHome, ActorOwner, ActorScope } from "../actor/actor-scope.ts"
import type { ActorSystem } from "../actor/actor-system.ts"
import type { Watch } from "../actor/death-watch.ts"

/**
 * Holds the actor system of an object. The first actor opens the system. The code of actors comes with the author's flow or `Props`, so
 * the bundle of an object without actors has none of it.
 */
export class ObjectActorHome implements ActorHome {
  system: ActorSystem | undefined
  /** The watches of restored connections, until there is a system. */
  private restored: readonly Watch[] = []

  constructor(readonly host: ActorHost) {}

  open(system: ActorSystem): ActorSystem {
    this.system = system
    system.watches.restore(this.restored)
    this.restored = []
    return system
  }

  /** Adds the watches of a connection whose flow is about to be restored. */
  restore(watches: readonly Watch[]): void {
    if (this.system) this.system.watches.restore(watches)
    else this.restored = [...this.restored, ...watches]
  }

  /** Notifies the actors of a restored connection of those that have ended without an event. */
  notifyOfLost(watches: readonly Watch[]): void {
    this.system?.notifyOfLost(watches)
  }

  /** Whether the watchers of a connection's actors have been notified that it is over. */
  isLost(id: string): boolean {
    return this.system?.watches.isLost(`/@${id}`) === true
  }

  /** Notifies the watchers of a connection's actors. The connection is over, and its actors are not in memory. */
  onConnectionLost(path: string, watches: readonly Watch[]): void {
    this.restored = this.restored.filter((watch) => !watches.includes(watch))
    this.system?.onConnectionLost(path, watches)
  }
}

/** The owner of a run in an object. */
export class RunOwner implements ActorOwner {
  actorScope: ActorScope | undefined

  constructor(
    readonly actorHome: ActorHome,
    readonly actorPath: string,
  ) {}
}
