import { type Clock, systemClock } from "../stream/clock.ts"
import { type Logger, log } from "../stream/logger.ts"
import type { Watch, WatchStorage } from "./death-watch.ts"
import type { Runnable } from "./letter.ts"

/** The parts of an object that its actor system uses. */
export interface ActorHost {
  /** The clock of asks. */
  readonly clock: Clock
  /** Where dead letters are logged. */
  readonly log: Logger
  /** Called before a message from outside is delivered. If it throws, the message is not delivered. */
  beforeTell?(): void
  /** Runs a handler as an event of the object. */
  event(handler: () => void): void
  /** Runs the turn of an actor, with that actor as the sender of everything that is sent meanwhile. */
  turn(actor: Runnable): void
  /** Runs an effect that leaves the object, once the event is saved. */
  whenSaved(effect: () => void): void
  /** Drops everything that an actor has sent during this event. */
  discard(actor: Runnable): void
  /** Restores the connection of this id, or else the object's actor that a path belongs to, if there is one. */
  wake(path: string, connection: string | undefined): void
  /** Whether the actor of a path exists, but cannot be restored. */
  isRefused(path: string): boolean
  /** Delivers a message to the client of a hibernating receiver of a connection. Returns whether that was possible. */
  deliverHibernating(path: string, connection: string, message: unknown): boolean
  /** Runs `tell`, which tells one message to many receivers. */
  broadcast(message: unknown, tell: () => void): void
  /** Restores the actors of the object that have a row, because they may subscribe to events. */
  restoreActors(): void
  /** The watches in the attachments of hibernating connections. */
  hibernatingWatches(): Iterable<Watch>
  readonly storedWatches: WatchStorage
  /** Whether a connection is there, with a socket or without. */
  hasConnection(id: string): boolean
}

/** The host of the actors of a plain Worker, where nothing hibernates. */
export const standaloneHost: ActorHost = {
  clock: systemClock,
  log,
  event: (handler) => handler(),
  turn: (actor) => actor.turn(),
  whenSaved: (effect) => effect(),
  discard() {},
  wake() {},
  isRefused: () => false,
  deliverHibernating: () => false,
  broadcast: (_message, tell) => tell(),
  restoreActors() {},
  hibernatingWatches: () => [],
  storedWatches: { put() {}, delete() {}, all: () => [] },
  hasConnection: () => true,
}
