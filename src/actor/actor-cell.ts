import { type Actor, type ActorProps, equip } from "./actor.ts"
import { type ActorRef, Kill, PoisonPill } from "./actor-ref.ts"
import type { ActorSystem } from "./actor-system.ts"
import { Behaviors } from "./behaviors.ts"
import { CellContext } from "./cell-context.ts"
import { Children } from "./children.ts"
import type { Failed, Letter, Receiver, Runnable, Scope } from "./letter.ts"
import { isDroppable, Mailbox, type TimedLetter } from "./mailbox.ts"
import { checkReceiveResult } from "./receive-result.ts"
import { ReceiveTimer } from "./receive-timer.ts"
import { ActorInitializationError, ActorKilledError } from "./signal.ts"
import { Stash } from "./stash.ts"
import { newInstance, StateCopy } from "./state-copy.ts"
import { RestartCounter, stopping } from "./supervision.ts"
import { supervise } from "./supervisor.ts"
import { Timers } from "./timers.ts"
import type { Tree } from "./tree.ts"

/** One running actor: its mailbox, its turns, its children, and how it starts, fails and stops. */
export class ActorCell implements Receiver, Runnable {
  readonly ref: ActorRef<unknown>
  readonly scope: Scope
  readonly children = new Children<ActorCell>(this)
  readonly timers: Timers<unknown>
  readonly receiveTimer: ReceiveTimer
  readonly behaviors = new Behaviors()
  readonly stashed: Stash
  /** `undefined` before its first turn. */
  actor: Actor<unknown> | undefined
  /** Whether its state is saved. Once it had a state, `undefined` is a state too. */
  isStateful = false
  restarts = new RestartCounter()
  /** The letter that is being handled. */
  current: TimedLetter | undefined
  private readonly mailbox: Mailbox
  private isStopping = false
  private isStopped = false
  private isScheduled = false
  /** The mailbox was full, and its strategy is `fail`. */
  private overflow: Failed | undefined
  /** The actor's state, behaviors and stash before the message that is being handled. */
  private before: StateCopy | undefined

  constructor(
    private readonly tree: Tree,
    readonly props: ActorProps<unknown>,
    path: string,
    readonly parent?: ActorCell,
    readonly name = "",
  ) {
    this.scope = tree.scope
    this.ref = tree.system.ref(path)
    this.mailbox = new Mailbox(props.mailbox)
    const { queue, rows } = tree
    const clock = { path, queue, rows, now: () => this.now(), changed: () => this.tree.timersChanged() }
    this.timers = new Timers({ ...clock, onFire: (timer) => this.receive({ message: timer.message, timer }) })
    this.receiveTimer = new ReceiveTimer({ ...clock, onTimeout: (message) => this.receive({ message }) })
    this.stashed = new Stash(path, props.mailbox.capacity)
    tree.system.add(this)
  }

  get system(): ActorSystem {
    return this.tree.system
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

  newChild(props: ActorProps<unknown>, name: string): ActorCell {
    return new ActorCell(this.tree, props, `${this.ref.path}/${name}`, this, name)
  }

  receive(letter: TimedLetter): void {
    // One notice for each end, however often the actor watches.
    if (letter.about !== undefined) this.mailbox.removeNotice(letter.about)
    try {
      this.addDeadLetters(this.mailbox.put(letter))
    } catch (error) {
      this.addDeadLetters([letter])
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
    this.system.schedule(this)
  }

  turn(): void {
    this.isScheduled = false
    if (this.isStopped) return
    this.tree.event(() => {
      if (this.isStopping) this.terminate()
      else if (this.overflow) this.failed(this.overflow.error)
      else if (!this.actor) this.start()
      else this.handleNext(this.actor)
    })
    if (!this.mailbox.isEmpty) this.schedule()
  }

  unwatch(path: string): void {
    this.system.unwatch({ watched: path, watcher: this.ref.path })
    this.mailbox.removeNotice(path)
  }

  /** Puts the stashed letters back before those that wait. */
  unstashAll(): void {
    if (this.stashed.size === 0) return
    this.mailbox.putFirst(this.stashed.takeAll(this.system))
    this.tree.changed()
    this.schedule()
  }

  /** Makes a new instance. */
  make(): Actor<unknown> {
    const actor = newInstance(this.props)
    equip(actor, {
      context: new CellContext(this),
      timers: this.timers,
      addDeadLetter: (message) => this.addDeadLetters([{ message }]),
    })
    this.actor = actor
    this.isStateful = actor.state !== undefined
    return actor
  }

  /** Acts on a failure as its supervisor decides. */
  failed(error: unknown): void {
    if (this.isStopped) return
    this.overflow = undefined
    supervise(this, error, this.tree)
  }

  /** Ends the instance and all below it. Watchers are notified last. */
  terminate(failure?: Failed): void {
    if (this.isStopped) return
    this.endInstance()
    this.isStopped = true
    this.unstashAll()
    this.addDeadLetters(this.mailbox.takeAll().filter(isDroppable))
    this.parent?.children.delete(this.name)
    this.system.remove(this, failure)
    this.tree.changed()
    this.tree.ended(this, failure)
  }

  private start(): void {
    try {
      const actor = this.make()
      actor.preStart()
      this.isStateful ||= actor.state !== undefined
    } catch (cause) {
      // It has not started, so its postStop does not run.
      this.actor = undefined
      supervise(this, new ActorInitializationError(this.ref, cause), this.tree)
    }
    this.tree.changed()
  }

  private handleNext(actor: Actor<unknown>): void {
    const letter = this.mailbox.take()
    if (!letter || (letter.timer && !this.timers.deliver(letter.timer))) return
    if (letter.message === PoisonPill) {
      this.terminate()
      return
    }
    this.current = letter
    // A failure of the root rolls the tree back to its state before the message, and so does one that a parent escalates.
    const mayRecover = this.tree.recovers && this.parent?.actor?.supervisorStrategy !== stopping
    this.before = mayRecover ? StateCopy.of(this) : undefined
    try {
      if (letter.message === Kill) throw new ActorKilledError(`${this.ref.path} got Kill`)
      checkReceiveResult(this.behaviors.handle(actor, letter.message), actor)
    } catch (error) {
      this.failed(error)
    }
    this.before = undefined
    this.current = undefined
    this.receiveTimer.restart()
    this.isStateful ||= this.actor?.state !== undefined
    if (this.isStateful) this.tree.changed()
  }

  restart(): void {
    this.unstashAll()
    this.endInstance()
    this.behaviors.reset()
    const hadStarted = this.actor !== undefined
    this.actor = undefined
    // An actor that could not start is started in its next turn, so that failures do not nest.
    if (hadStarted) this.start()
    this.schedule()
  }

  /** Undoes the changes of the message that is being handled, before the tree is saved for its next instance. */
  rollBack(): void {
    this.before?.restoreTo(this)
    this.timers.writeFired()
  }

  /** Rolls the tree back to its state before the message that failed. The next instance gets the waiting letters. */
  recover(error: unknown): void {
    // The next instance does not have the timers that have fired, so their messages go on without them.
    const take = () => this.mailbox.takeAll().filter(({ timer }) => !timer || this.timers.deliver(timer))
    this.tree.recover(() => take().map(({ timer: _, ...letter }) => letter))
    this.terminate({ error })
  }

  private endInstance(): void {
    this.stopChildrenAndTimers()
    try {
      this.actor?.postStop()
    } catch (error) {
      this.tree.report(this.ref.path, "stop", error)
    }
    // `postStop` may have started children and timers.
    this.stopChildrenAndTimers()
  }

  /** Stops the children without notices, and cancels the timers. */
  private stopChildrenAndTimers(): void {
    for (const child of [...this.children]) {
      this.unwatch(child.ref.path)
      child.terminate()
    }
    this.timers.cancelAll()
    this.receiveTimer.cancel()
  }

  private addDeadLetters(letters: readonly Letter[]): void {
    for (const { message } of letters) this.system.addDeadLetter(this.ref.path, message)
  }
}
