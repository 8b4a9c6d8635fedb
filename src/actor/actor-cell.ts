import { assertStorable } from "../stream/storable.ts"
import { type Actor, equip, type Props } from "./actor.ts"
import { type ActorRef, type AnyRef, PoisonPill } from "./actor-ref.ts"
import type { ActorSystem } from "./actor-system.ts"
import { CellContext } from "./cell-context.ts"
import { Children } from "./children.ts"
import type { Failed, Letter, Receiver, Runnable, Scope } from "./letter.ts"
import { Mailbox, mayBeDropped, type TimedLetter } from "./mailbox.ts"
import { decodeRefs, encodeRefs } from "./ref-encoding.ts"
import { type Decision, decide, RestartCounter, type SupervisorStrategy } from "./supervision.ts"
import { Timers } from "./timers.ts"

/** What a cell needs from the tree that it is part of. */
export interface Tree {
  readonly system: ActorSystem
  readonly scope: Scope
  /** Decides about the root when it throws. */
  readonly strategy: SupervisorStrategy
  /** Whether the root that has failed starts again from what was saved of it. */
  readonly recovers: boolean
  now(): number
  event(handler: () => void): void
  changed(): void
  timersChanged(): void
  /** A cell has stopped. */
  ended(cell: ActorCell, failure: Failed | undefined): void
  /** The root has failed: what is saved of the tree now, and these letters, are for the next instance. */
  recover(letters: readonly Letter[]): void
  report(path: string, decision: Decision, error: unknown): void
}

/** One running actor: its mailbox, its turns, its children, and how it starts, fails and stops. */
export class ActorCell implements Receiver, Runnable {
  readonly ref: ActorRef<unknown>
  readonly scope: Scope
  readonly children = new Children<ActorCell>(this)
  readonly timers: Timers<unknown>
  /** `undefined` before its first turn. */
  actor: Actor<unknown> | undefined
  /** Whether its state is saved; once it had one, `undefined` is a state too. */
  isStateful = false
  restarts = new RestartCounter()
  private readonly mailbox: Mailbox
  private isStopping = false
  private isStopped = false
  private isScheduled = false
  /** The mailbox was full, and its strategy is `fail`. */
  private overflow: Failed | undefined
  private asker: ActorRef<unknown> | undefined
  /** The state before the message that is being handled. */
  private before: StateCopy | undefined

  constructor(
    private readonly tree: Tree,
    readonly props: Props<unknown>,
    path: string,
    readonly parent?: ActorCell,
    readonly name = "",
  ) {
    this.scope = tree.scope
    this.ref = tree.system.ref(path)
    this.mailbox = new Mailbox(props.mailbox)
    this.timers = new Timers({
      now: () => this.now(),
      rung: (timer) => this.receive({ message: timer.message, timer }),
      changed: () => this.tree.timersChanged(),
    })
    tree.system.add(this)
  }

  now(): number {
    return this.tree.now()
  }

  treeChanged(): void {
    this.tree.changed()
  }

  watchersChanged(): void {
    this.tree.changed()
  }

  newChild(props: Props<unknown>, name: string): ActorCell {
    return new ActorCell(this.tree, props, `${this.ref.path}/${name}`, this, name)
  }

  receive(letter: TimedLetter): void {
    // One notice for each end, however often the actor watches.
    if (letter.about !== undefined) this.mailbox.forget(letter.about)
    try {
      this.lose(this.mailbox.put(letter))
    } catch (error) {
      this.lose(1)
      this.overflow = { error }
    }
    this.schedule()
  }

  /** Stops after the message that it is handling. */
  stop(): void {
    this.isStopping = true
    this.schedule()
  }

  schedule(): void {
    if (this.isScheduled || this.isStopped) return
    this.isScheduled = true
    this.tree.system.schedule(this)
  }

  turn(): void {
    this.isScheduled = false
    if (this.isStopped) return
    this.tree.event(() => {
      if (this.isStopping) this.terminate()
      else if (this.overflow) this.failed(this.overflow.error)
      else if (!this.actor) this.start()
      else this.next(this.actor)
    })
    if (!this.mailbox.isEmpty) this.schedule()
  }

  get sender(): ActorRef<unknown> {
    return this.asker ?? this.refTo("/no-sender")
  }

  refTo(path: string): ActorRef<unknown> {
    return this.tree.system.ref(path)
  }

  stopOneOf({ path }: AnyRef): void {
    const name = path.slice(path.lastIndexOf("/") + 1)
    if (path === this.ref.path) this.stop()
    else if (path === `${this.ref.path}/${name}`) this.children.get(name)?.stop()
    else throw new Error(`${this.ref.path} cannot stop ${path}, which is no child of it: tell it PoisonPill`)
  }

  watch(actor: AnyRef, message?: unknown): void {
    if (actor.path.startsWith("//")) throw new Error(`${this.ref.path} cannot watch ${actor.path} in another object`)
    assertStorable(encodeRefs(message), `The message with which ${this.ref.path} watches ${actor.path}`, "message")
    if (actor.path !== this.ref.path) this.tree.system.watch(actor, this, message)
  }

  unwatch({ path }: AnyRef): void {
    this.tree.system.unwatch({ watched: path, watcher: this.ref.path })
    this.mailbox.forget(path)
  }

  get watched(): string[] {
    return this.tree.system.watchedBy(this.ref.path)
  }

  broadcast(paths: readonly string[], message: unknown): void {
    this.tree.system.broadcast(paths, message)
  }

  /** A new instance. Its constructor does not know whether it is the first. */
  make(): Actor<unknown> {
    const actor = this.props.make()
    equip(actor, { context: new CellContext(this), timers: this.timers })
    this.actor = actor
    this.isStateful = actor.state !== undefined
    return actor
  }

  /** Acts on a failure as its supervisor decides. */
  failed(error: unknown): void {
    if (this.isStopped) return
    this.overflow = undefined
    const decision = decide(error, {
      strategy: this.parent?.actor?.supervisorStrategy ?? this.tree.strategy,
      otherwise: this.parent || !this.tree.recovers ? "stop" : "recover",
      mayRestart: (strategy) => this.restarts.take(strategy, this.now()),
      onError: (thrown) => this.tree.report(this.ref.path, "stop", thrown),
    })
    if (decision === "resume" || decision === "restart") this.tree.report(this.ref.path, decision, error)
    if (decision === "restart") this.restart()
    else if (decision === "recover") this.recover({ error })
    else if (decision === "stop") this.terminate({ error })
  }

  /** Ends the instance and all below it; watchers are notified last. */
  terminate(failure?: Failed): void {
    if (this.isStopped) return
    this.leave()
    this.isStopped = true
    this.lose(this.mailbox.takeAll().filter(mayBeDropped).length)
    this.parent?.children.delete(this.name)
    this.tree.system.remove(this, failure)
    this.tree.changed()
    this.tree.ended(this, failure)
  }

  private start(): void {
    try {
      const actor = this.make()
      actor.preStart()
      this.isStateful ||= actor.state !== undefined
    } catch (error) {
      this.terminate({ error })
    }
    this.tree.changed()
  }

  private next(actor: Actor<unknown>): void {
    const letter = this.mailbox.take()
    if (!letter || (letter.timer && !this.timers.deliver(letter.timer))) return
    if (letter.message === PoisonPill) {
      this.terminate()
      return
    }
    this.asker = letter.sender
    this.before = this.tree.recovers && !this.parent ? StateCopy.of(actor.state) : undefined
    try {
      refuseAsync(actor.receive(letter.message), actor)
    } catch (error) {
      this.failed(error)
    }
    this.before = undefined
    this.asker = undefined
    this.isStateful ||= this.actor?.state !== undefined
    if (this.isStateful) this.tree.changed()
  }

  private restart(): void {
    this.leave()
    this.actor = undefined
    this.start()
  }

  /** Everything is saved as it was before the message that failed, and the letters that wait go to the next instance. */
  private recover(failure: Failed): void {
    if (this.actor && this.before) this.actor.state = this.before.state((path) => this.refTo(path))
    // A timer that has rung is over; its message goes on without it.
    const letters = this.mailbox.takeAll().filter(({ timer }) => !timer || this.timers.deliver(timer))
    this.tree.recover(letters.map(({ timer: _, ...letter }) => letter))
    this.terminate(failure)
  }

  /** Ends an instance: the actor stops, or it is restarted. */
  private leave(): void {
    this.abandon()
    try {
      this.actor?.postStop()
    } catch (error) {
      this.tree.report(this.ref.path, "stop", error)
    }
    // `postStop` may have started children and timers.
    this.abandon()
  }

  /** Stops the children without notices, and cancels the timers. */
  private abandon(): void {
    for (const child of [...this.children]) {
      this.unwatch(child.ref)
      child.terminate()
    }
    this.timers.cancelAll()
  }

  private lose(count: number): void {
    for (let lost = 0; lost < count; lost++) this.tree.system.lose(this.ref.path)
  }
}

/** A copy of a state, to go back to. */
class StateCopy {
  private constructor(private readonly encoded: unknown) {}

  /** `undefined` for a state that cannot be stored, which is rolled back when the event is saved. */
  static of(state: unknown): StateCopy | undefined {
    if (typeof state !== "object" || state === null) return new StateCopy(state)
    try {
      return new StateCopy(structuredClone(encodeRefs(state)))
    } catch {
      return undefined
    }
  }

  state(refTo: (path: string) => AnyRef): unknown {
    return decodeRefs(this.encoded, refTo)
  }
}

/** The code after an `await` is outside the event: what it sends would leave before it is saved. */
function refuseAsync(result: unknown, actor: object): void {
  if (!(result instanceof Promise)) return
  result.catch(() => {})
  throw new TypeError(
    `The receive of ${actor.constructor.name} returned a promise: tell the actor itself what comes of it, promise.then((result) => self.tell(result))`,
  )
}
