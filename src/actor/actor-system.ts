import { type Clock, systemClock } from "../stream/clock.ts"
import { RestoreError } from "../stream/errors.ts"
import { type ActorRef, type AnyRef, Failure, PoisonPill, Terminated } from "./actor-ref.ts"
import { DeadLetters } from "./dead-letters.ts"
import { DeathWatch, type Watch } from "./death-watch.ts"
import { connectionOf, type Failed, type Letter, type Receiver, type Runnable, type Scope } from "./letter.ts"
import { LocalRef } from "./local-ref.ts"
import { decodeRefs, encodeRefs } from "./ref-encoding.ts"

/** What a system needs from the object that it lives in. */
export interface ActorHost {
  /** The clock of asks. */
  readonly clock: Clock
  /** Called before a message from outside; what it throws keeps the message out. */
  enter?(): void
  /** Runs a handler as an event of the object. */
  event(handler: () => void): void
  /** Runs the turn of an actor: what is sent meanwhile is sent by that actor. */
  turn(actor: Runnable): void
  /** Runs an effect that leaves the object, once the event is saved. */
  whenSaved(effect: () => void): void
  /** Drops what an actor has sent during this event. */
  discard(actor: Runnable): void
  /** Restores the connection or the actor that a path belongs to, if there is one. */
  wake(path: string): void
  /** Whether the actor of a path exists, but cannot be restored. */
  isRefused(path: string): boolean
  /** Delivers a message to the client of a hibernating receiver; whether that was possible. */
  deliverHibernating(path: string, message: unknown): boolean
  /** Runs `tell`, which tells one message to many receivers. */
  broadcast(message: unknown, tell: () => void): void
  /** The watches that are kept with hibernating connections. */
  hibernatingWatches(): Iterable<Watch>
}

/** The host of the actors of a plain Worker, where nothing hibernates. */
export const standaloneHost: ActorHost = {
  clock: systemClock,
  event: (handler) => handler(),
  turn: (actor) => actor.turn(),
  whenSaved: (effect) => effect(),
  discard() {},
  wake() {},
  isRefused: () => false,
  deliverHibernating: () => false,
  broadcast: (_message, tell) => tell(),
  hibernatingWatches: () => [],
}

/**
 * Delivers messages by path: among the actors of one connection in a plain Worker, among all actors of one Durable Object.
 * Actors take turns of one message each. An event ends when no actor has a message, so every mailbox is empty then.
 */
export class ActorSystem {
  readonly deadLetters = new DeadLetters()
  private readonly receivers = new Map<string, Receiver>()
  private readonly watches = new DeathWatch()
  /** Whether the watches of hibernating connections have been read. */
  private hasAllWatches = false
  private readonly ready: Runnable[] = []
  private isRunning = false

  constructor(readonly host: ActorHost = standaloneHost) {}

  ref(path: string): ActorRef<unknown> {
    return new LocalRef(this, path)
  }

  add(receiver: Receiver): void {
    this.receivers.set(receiver.ref.path, receiver)
    receiver.scope?.add(receiver)
  }

  /** The receiver takes no more messages. Its watchers are notified. */
  remove(receiver: Receiver, failure?: Failed): void {
    const { path } = receiver.ref
    if (!this.receivers.delete(path)) return
    receiver.scope?.remove(receiver)
    // An ask is not watched, and watches of a connection's actor are kept with that connection, which is in memory.
    if (receiver.scope && connectionOf(path) === "") this.readAllWatches()
    for (const watch of this.watches.by(path)) this.unwatch(watch)
    for (const watch of this.watches.of(path)) {
      // Restoring a hibernating watcher adds the watches that were kept with it, this one included.
      const watcher = this.find(watch.watcher)
      this.watches.remove(watch)
      watcher?.watchersChanged()
      this.notify(watch, receiver.ref, failure)
    }
  }

  /** A connection is over whose actors are not in memory. Those that watch them are notified. */
  loseScope(path: string, watches: readonly Watch[]): void {
    for (const watch of watches) {
      const isWatched = connectionOf(watch.watched) === path
      const watcher = isWatched ? this.find(watch.watcher) : undefined
      this.watches.remove(watch)
      if (!isWatched) continue
      watcher?.watchersChanged()
      this.notify(watch, this.ref(watch.watched))
    }
  }

  /** Forgets a receiver that is to be restored again; its watchers are not notified. */
  detach(receiver: Receiver): void {
    this.receivers.delete(receiver.ref.path)
    receiver.scope?.remove(receiver)
  }

  /** Delivers a message; without a receiver it is a dead letter. */
  tell(path: string, letter: Letter): boolean {
    if (!this.isRunning) this.host.enter?.()
    let receiver = this.receivers.get(path)
    if (!receiver && isForClient(letter) && this.host.deliverHibernating(path, letter.message)) return true
    receiver ??= this.find(path)
    if (receiver) receiver.receive(letter)
    else this.lose(path)
    return receiver !== undefined
  }

  broadcast(paths: readonly string[], message: unknown): void {
    const letter = { message }
    this.host.broadcast(message, () => {
      for (const path of paths) this.tell(path, letter)
    })
  }

  /** Counts a dead letter. */
  lose(path: string): void {
    this.deadLetters.add(path)
    if (!this.isRunning) this.deadLetters.flush()
  }

  /** Notifies `watcher` when the actor has stopped; at once if there is no such actor. */
  watch(actor: AnyRef, watcher: Receiver, message?: unknown): void {
    const watch = {
      watched: actor.path,
      watcher: watcher.ref.path,
      ...(message !== undefined && { message: encodeRefs(message) }),
    }
    const watched = this.find(actor.path)
    if (!watched) {
      const error = new RestoreError(`The actor ${actor.path} cannot be restored`)
      this.notify(watch, actor, this.host.isRefused(actor.path) ? { error } : undefined)
      return
    }
    this.watches.add(watch)
    watched.watchersChanged()
    watcher.watchersChanged()
  }

  unwatch(watch: Watch): void {
    const { watched, watcher } = watch
    // A watch on an actor of the object is not kept with that actor, so it need not be restored.
    const isKeptThere = connectionOf(watched) !== ""
    const receiver = isKeptThere ? this.find(watched) : this.receivers.get(watched)
    if (!this.watches.remove(watch)) return
    receiver?.watchersChanged()
    this.receivers.get(watcher)?.watchersChanged()
  }

  /** The paths that an actor watches. */
  watchedBy(watcher: string): string[] {
    this.readAllWatches()
    return this.watches.by(watcher).map(({ watched }) => watched)
  }

  /** The watches of an actor within its own scope: they are kept with the actor. */
  watchesWithin(scope: Scope, watcher: string): Watch[] {
    return this.watches.by(watcher).filter(({ watched }) => scope.has(watched))
  }

  /** The watches across the border of a connection: they are kept with the connection. */
  watchesAcross(scope: Scope): readonly Watch[] {
    if (scope.members.size === 0) return []
    return [...scope.members].flatMap(({ ref: { path } }) => [
      ...this.watches.of(path).filter(({ watcher }) => !scope.has(watcher)),
      ...this.watches.by(path).filter(({ watched }) => !scope.has(watched)),
    ])
  }

  restore(watches: readonly Watch[]): void {
    for (const watch of watches) this.watches.add(watch)
  }

  /** Gives an actor a turn after those that are scheduled already. */
  schedule(actor: Runnable): void {
    this.ready.push(actor)
    if (!this.isRunning) this.host.event(() => this.run())
  }

  private run(): void {
    this.isRunning = true
    try {
      for (let actor = this.ready.shift(); actor; actor = this.ready.shift()) this.host.turn(actor)
    } finally {
      this.isRunning = false
      this.deadLetters.flush()
    }
  }

  private find(path: string): Receiver | undefined {
    if (!this.receivers.has(path)) this.host.wake(path)
    return this.receivers.get(path)
  }

  private readAllWatches(): void {
    if (this.hasAllWatches) return
    this.hasAllWatches = true
    this.restore([...this.host.hibernatingWatches()])
  }

  private notify({ watcher, message, watched }: Watch, actor: AnyRef, failure?: Failed): void {
    const notice = message === undefined ? new Terminated(actor) : decodeRefs(message, (path) => this.ref(path))
    this.find(watcher)?.receive({ message: notice, about: watched, failure })
  }
}

/** Whether a client may get the message as it is. */
function isForClient({ message, sender }: Letter): boolean {
  return message !== PoisonPill && !(message instanceof Failure) && sender === undefined
}
