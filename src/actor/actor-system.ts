import { RestoreError } from "../stream/errors.ts"
import { type ActorHost, standaloneHost } from "./actor-host.ts"
import { type ActorRef, type AnyRef, PoisonPill, Terminated } from "./actor-ref.ts"
import { DeadLetters } from "./dead-letters.ts"
import { DeathWatch, type Watch } from "./death-watch.ts"
import { DeadLetter, DeadLetterSubscribers } from "./event-stream.ts"
import {
  connectionIdOf,
  connectionOf,
  type Failed,
  isForClient,
  type Letter,
  type Receiver,
  type Runnable,
  type Scope,
} from "./letter.ts"
import { LocalRef } from "./local-ref.ts"
import { decodeRefs, encodeRefs } from "./ref-encoding.ts"

/**
 * Delivers messages by path: among all actors of one Durable Object, or among the actors of one connection in a plain Worker.
 * Actors take turns of one message each. An event ends when no actor has a message, so no mailbox has to be saved.
 */
export class ActorSystem {
  readonly deadLetters = new DeadLetters()
  readonly subscribers = new DeadLetterSubscribers()
  private readonly receivers = new Map<string, Receiver>()
  readonly watches: DeathWatch
  /** Whether the watches of hibernating connections have been read. */
  private hasReadHibernatingWatches = false
  private readonly ready: Runnable[] = []
  private isRunning = false

  constructor(readonly host: ActorHost = standaloneHost) {
    this.watches = new DeathWatch(host.storedWatches)
  }

  ref(path: string): ActorRef<unknown> {
    return new LocalRef(this, path)
  }

  /** Decodes the refs in a value. */
  decode(value: unknown): unknown {
    return decodeRefs(value, (path) => this.ref(path))
  }

  /** Stops the actor of a path after the messages that it got before. */
  stop(path: string): void {
    this.tell(path, { message: PoisonPill })
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
    this.subscribers.delete(path)
    // Hibernating connections may watch an actor of the object only: an ask is not watched, and the watches on an actor of a
    // connection are kept with that connection, which is in memory.
    if (receiver.scope && connectionOf(path) === "") this.readHibernatingWatches()
    for (const watch of this.watches.watchesBy(path)) this.unwatch(watch)
    for (const watch of this.watches.watchesOn(path)) {
      // The watcher is found first, because restoring it adds its saved watches, this one included.
      const watcher = this.find(watch.watcher)
      this.watches.remove(watch)
      watcher?.watchersChanged()
      this.notify(watch, receiver.ref, failure)
    }
  }

  /**
   * Notifies the watchers of a connection's actors. The connection is over, and its actors are not in memory. The watchers of those that
   * were restored before the connection could not go on have been notified.
   */
  onConnectionLost(path: string, watches: readonly Watch[]): void {
    for (const watch of watches) {
      const isWatched = connectionOf(watch.watched) === path
      const watcher = isWatched ? this.find(watch.watcher) : undefined
      if (!this.watches.remove(watch) || !isWatched) continue
      watcher?.watchersChanged()
      this.notify(watch, this.ref(watch.watched))
    }
  }

  /**
   * Notifies the watchers of connections that have ended without an event, as in a crash. The watch of an actor that cannot be restored
   * stays.
   *
   * @param watches Default: those of the object's actors
   */
  notifyOfLost(watches = this.host.storedWatches.all()): void {
    for (const watch of watches) {
      const id = connectionIdOf(watch.watched)
      const isLost = id !== undefined && !this.host.hasConnection(id)
      const watcher = isLost ? this.find(watch.watcher) : undefined
      if (!watcher) continue
      this.watches.lose(watch)
      watcher.watchersChanged()
      this.notify(watch, this.ref(watch.watched))
    }
  }

  /** Removes a receiver that could not be restored, without notices to its watchers. */
  detach(receiver: Receiver): void {
    this.subscribers.delete(receiver.ref.path)
    this.receivers.delete(receiver.ref.path)
    receiver.scope?.remove(receiver)
  }

  /** Delivers a message. Without a receiver it is a dead letter. Returns whether it was delivered. */
  tell(path: string, letter: Letter): boolean {
    if (!this.isRunning) this.host.beforeTell?.()
    let receiver = this.receivers.get(path)
    const connection = receiver ? undefined : connectionIdOf(path)
    if (connection !== undefined && isForClient(letter)) {
      if (this.host.deliverHibernating(path, connection, letter.message)) return true
    }
    receiver ??= this.find(path)
    if (receiver) receiver.receive(letter)
    else this.addDeadLetter(path, letter.message)
    return receiver !== undefined
  }

  broadcast(paths: readonly string[], message: unknown): void {
    const letter = { message }
    this.host.broadcast(message, () => {
      for (const path of paths) this.tell(path, letter)
    })
  }

  /** Counts a dead letter, and publishes it to its subscribers. */
  addDeadLetter(path: string, message: unknown): void {
    this.deadLetters.add(path)
    this.host.restoreActors()
    const letter = { message: new DeadLetter(message, this.ref(path)) }
    for (const subscriber of this.subscribers.of(message, path)) this.receivers.get(subscriber)?.receive(letter)
    if (!this.isRunning) this.deadLetters.flush(this.host.log)
  }

  /** Notifies `watcher` when the actor has stopped, or at once if there is no such actor. */
  watch(actor: AnyRef, watcher: Receiver, message?: unknown): void {
    const encoded = message === undefined ? {} : { message: encodeRefs(message) }
    this.begin({ watched: actor.path, watcher: watcher.ref.path, ...encoded }, watcher)
  }

  private begin(watch: Watch, watcher: Receiver): void {
    const path = watch.watched
    const watched = this.find(path)
    if (!watched) {
      const error = new RestoreError(`The actor ${path} cannot be restored`)
      this.notify(watch, this.ref(path), this.host.isRefused(path) ? { error } : undefined)
      return
    }
    this.watches.add(watch)
    watched.watchersChanged()
    watcher.watchersChanged()
  }

  unwatch(watch: Watch): void {
    const { watched, watcher } = watch
    // A watch on an actor of the object is not saved with that actor, so the actor need not be restored.
    const isSavedThere = connectionOf(watched) !== ""
    const receiver = isSavedThere ? this.find(watched) : this.receivers.get(watched)
    if (!this.watches.remove(watch)) return
    receiver?.watchersChanged()
    this.receivers.get(watcher)?.watchersChanged()
  }

  /** The watches of an actor, those on hibernating connections too. */
  watchesBy(watcher: string): Watch[] {
    this.readHibernatingWatches()
    return this.watches.watchesBy(watcher)
  }

  /** The watches of an actor within its own scope, which are saved with the actor. */
  watchesWithin(scope: Scope, watcher: string): Watch[] {
    return this.watches.watchesBy(watcher).filter(({ watched }) => scope.has(watched))
  }

  /** The watches across the border of a connection, which are saved with the connection. */
  watchesAcross(scope: Scope): readonly Watch[] {
    if (scope.members.size === 0) return []
    return [...scope.members].flatMap(({ ref: { path } }) => [
      ...this.watches.watchesOn(path).filter(({ watcher }) => !scope.has(watcher)),
      ...this.watches.watchesBy(path).filter(({ watched }) => !scope.has(watched)),
    ])
  }

  /**
   * Restores an actor of the object that has failed, because its timers and watches go on, and sends it its letters. It is notified of the
   * connections that its failure has ended. Letters are dead letters if its state could not be stored: its row has the timers that have
   * fired, so it starts again with the next message only.
   */
  goOn(path: string, { letters, watches }: { letters: readonly Letter[]; watches: readonly Watch[] }): void {
    const isRefused = this.host.isRefused(path)
    if (!isRefused) this.host.wake(path, undefined)
    for (const watch of watches) {
      const watcher = this.receivers.get(watch.watcher)
      if (watcher) this.begin(watch, watcher)
    }
    for (const letter of letters) {
      if (isRefused) this.addDeadLetter(path, letter.message)
      else this.tell(path, letter)
    }
  }

  /** Stores the watches again, because storage has been emptied. */
  rewriteWatches(): void {
    this.readHibernatingWatches()
    this.watches.rewrite()
  }

  /** Gives an actor a turn after the actors that are scheduled already. */
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
      this.deadLetters.flush(this.host.log)
    }
  }

  private find(path: string): Receiver | undefined {
    if (!this.receivers.has(path)) this.host.wake(path, connectionIdOf(path))
    return this.receivers.get(path)
  }

  private readHibernatingWatches(): void {
    if (this.hasReadHibernatingWatches) return
    this.hasReadHibernatingWatches = true
    this.watches.restore([...this.host.hibernatingWatches()])
  }

  private notify({ watcher, message, watched }: Watch, actor: AnyRef, failure?: Failed): void {
    const notice = message === undefined ? new Terminated(actor) : this.decode(message)
    this.find(watcher)?.receive({ message: notice, about: watched, failure })
  }
}
