import { type Clock, systemClock } from "../stream/clock.ts"
import type { Run } from "../stream/run.ts"
import type { Stage } from "../stream/stage.ts"
import { type ActorRef, type AnyRef, Failure, PoisonPill, Terminated } from "./actor-ref.ts"
import { DeadLetters } from "./dead-letters.ts"
import { LocalRef } from "./local-ref.ts"
import { pack, unpack } from "./packing.ts"
import { type Watch, Watches } from "./watches.ts"

/** What messages are delivered to: an actor, the end of a stream, somebody who waits for an answer. */
export interface Receiver {
  readonly ref: AnyRef
  readonly scope: ActorScope | undefined
  receive(letter: Letter): void
  /** Who watches it, or whom it watches, has changed, which is to be kept. */
  watchersChanged(): void
}

/** A message on its way. */
export interface Letter {
  readonly message: unknown
  /** Whom an answer goes to. */
  readonly sender?: ActorRef<unknown>
  /** Whose end it tells of. */
  readonly about?: string
}

/** An actor that has something to do. */
export interface Runnable {
  turn(): void
}

/** What a system needs from the place where it is. */
export interface Surroundings {
  /** What asks go by. */
  readonly clock: Clock
  /** Called before a message from outside; what it throws keeps the message out. */
  enter?(): void
  /** Runs a handler as an event of the place. */
  event(handler: () => void): void
  /** Brings whoever belongs to a path into memory, if there is anybody. */
  wake(path: string): void
  /** Delivers a message without waking its receiver; whether that was possible. */
  deliverAsleep(path: string, message: unknown): boolean
  /** Runs `tell`, which tells one message to many. */
  broadcast(message: unknown, tell: () => void): void
  /** Who of those asleep watches whom. */
  watchesAsleep(): Iterable<Watch>
}

const nowhereElse: Surroundings = {
  clock: systemClock,
  event: (handler) => handler(),
  wake() {},
  deliverAsleep: () => false,
  broadcast: (_message, tell) => tell(),
  watchesAsleep: () => [],
}

/**
 * The actors that find one another by path: those of a connection in a plain Worker, those of an object in a Durable Object.
 * They take turns, one message each, until there is nothing left to do: an event is over when that is so, and no mailbox has
 * anything in it while an object sleeps.
 */
export class ActorSystem {
  readonly deadLetters = new DeadLetters()
  private readonly receivers = new Map<string, Receiver>()
  private readonly watches = new Watches()
  private knowsAll = false
  private readonly ready: Runnable[] = []
  private isRunning = false

  constructor(private readonly place: Surroundings = nowhereElse) {}

  get clock(): Clock {
    return this.place.clock
  }

  ref(path: string): ActorRef<unknown> {
    return new LocalRef(this, path)
  }

  /** Messages to its path are delivered to it from now on. */
  add(receiver: Receiver): void {
    this.receivers.set(receiver.ref.path, receiver)
    receiver.scope?.add(receiver)
  }

  /** It takes no more messages; whoever watches it is told. */
  remove(receiver: Receiver): void {
    const { path } = receiver.ref
    if (!this.receivers.delete(path)) return
    receiver.scope?.members?.delete(receiver)
    // Nobody watches who asks, and who watches a connection's actor is kept with that connection, which is awake.
    if (receiver.scope && connectionOf(path) === "") this.know()
    for (const watch of this.watches.by(path)) this.unwatch(watch)
    for (const watch of this.watches.of(path)) {
      // Whoever is asleep comes with what was kept, and this watch is a part of it.
      const watcher = this.find(watch.watcher)
      this.watches.remove(watch)
      this.tellChange(watcher)
      this.notify(watch, receiver.ref)
    }
  }

  /** Delivers a message; whether there was anybody to take it. */
  tell(path: string, letter: Letter): boolean {
    if (!this.isRunning) this.place.enter?.()
    let receiver = this.receivers.get(path)
    if (!receiver && isForClients(letter) && this.place.deliverAsleep(path, letter.message)) return true
    receiver ??= this.find(path)
    if (receiver) receiver.receive(letter)
    else this.lose(path)
    return receiver !== undefined
  }

  /** One message for many. */
  broadcast(paths: readonly string[], message: unknown): void {
    const letter = { message }
    this.place.broadcast(message, () => {
      for (const path of paths) this.tell(path, letter)
    })
  }

  lose(path: string): void {
    this.deadLetters.add(path)
    if (!this.isRunning) this.deadLetters.flush()
  }

  /** `watcher` is told when the actor has stopped; at once if there is none. */
  watch(actor: AnyRef, watcher: Receiver, message?: unknown): void {
    const watch = {
      watched: actor.path,
      watcher: watcher.ref.path,
      ...(message !== undefined && { message: pack(message) }),
    }
    const watched = this.find(actor.path)
    if (watched) {
      this.watches.add(watch)
      this.tellChange(watched, watcher)
    } else this.notify(watch, actor)
  }

  unwatch(watch: Watch): void {
    const { watched, watcher } = watch
    // As in `remove`. An actor of the object keeps none of those that watch it.
    const isKeptThere = connectionOf(watched) !== ""
    const receiver = isKeptThere ? this.find(watched) : this.receivers.get(watched)
    if (this.watches.remove(watch)) this.tellChange(receiver, this.receivers.get(watcher))
  }

  /** Whom somebody watches. */
  watchedBy(watcher: string): string[] {
    this.know()
    return this.watches.by(watcher).map(({ watched }) => watched)
  }

  /** Whom an actor watches in its own scope: that is kept with the actor. */
  watchesWithin(scope: ActorScope, watcher: string): Watch[] {
    return this.watches.by(watcher).filter(({ watched }) => scope.has(watched))
  }

  /** Those who watch across the border of a connection: they are kept with it. */
  watchesAcross(scope: ActorScope): readonly Watch[] {
    if (!scope.members) return []
    return [...scope.members].flatMap(({ ref: { path } }) => [
      ...this.watches.of(path).filter(({ watcher }) => !scope.has(watcher)),
      ...this.watches.by(path).filter(({ watched }) => !scope.has(watched)),
    ])
  }

  /** What was kept of who watches whom. */
  restore(watches: readonly Watch[]): void {
    for (const watch of watches) this.watches.add(watch)
  }

  /** Lets an actor have a turn when it is its turn. */
  schedule(actor: Runnable): void {
    this.ready.push(actor)
    if (!this.isRunning) this.place.event(() => this.run())
  }

  private run(): void {
    this.isRunning = true
    try {
      for (let actor = this.ready.shift(); actor; actor = this.ready.shift()) actor.turn()
    } finally {
      this.isRunning = false
      this.deadLetters.flush()
    }
  }

  private find(path: string): Receiver | undefined {
    if (!this.receivers.has(path)) this.place.wake(path)
    return this.receivers.get(path)
  }

  /** Those who sleep may watch, too. */
  private know(): void {
    if (this.knowsAll) return
    this.knowsAll = true
    for (const watch of this.place.watchesAsleep()) this.watches.add(watch)
  }

  private notify({ watcher, message, watched }: Watch, actor: AnyRef): void {
    const news = message === undefined ? new Terminated(actor) : unpack(message, (path) => this.ref(path))
    this.find(watcher)?.receive({ message: news, about: watched })
  }

  private tellChange(...receivers: (Receiver | undefined)[]): void {
    for (const receiver of receivers) receiver?.watchersChanged()
  }
}

/** Whether it goes to the client as it is where it is told to a client. */
function isForClients({ message, sender }: Letter): boolean {
  return message !== PoisonPill && !(message instanceof Failure) && sender === undefined
}

const systems = new WeakMap<object, ActorScope>()

/** What lives and sleeps together: a connection, or an object. Where a target keeps actors, it is the origin of its runs. */
export class ActorScope {
  /** Those in memory. */
  members: Set<Receiver> | undefined

  constructor(
    readonly system: ActorSystem,
    /** The beginning of the paths of all that is in it. */
    readonly path: string,
  ) {}

  /** The scope of a run; where nothing outlives a connection, each is a system of its own. */
  static of(run: Run): ActorScope {
    const { origin } = run
    if (origin instanceof ActorScope) return origin
    const known = systems.get(origin)
    if (known) return known
    // The run may refuse what comes from another request.
    const scope = new ActorScope(new ActorSystem({ ...nowhereElse, enter: () => run.event(() => {}) }), "")
    systems.set(origin, scope)
    return scope
  }

  add(member: Receiver): void {
    this.members ??= new Set()
    this.members.add(member)
  }

  has(path: string): boolean {
    return connectionOf(path) === this.path
  }

  /** The path of a stage: the same after a sleep, but for stages that came to be while their flow was running. */
  pathOf(stage: Stage): string {
    return `${this.path}/${stage.run.positionOf(stage) ?? crypto.randomUUID()}`
  }
}

/** The paths of what belongs to a connection begin with `/@` and its id; those of what belongs to the object do not. */
export function connectionOf(path: string): string {
  return path.startsWith("/@") ? path.slice(0, path.indexOf("/", 2)) : ""
}
