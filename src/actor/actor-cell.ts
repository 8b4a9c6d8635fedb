import { type Actor, type ActorProps, equip } from "./actor.ts"
import { type ActorRef, PoisonPill } from "./actor-ref.ts"
import type { ActorSystem } from "./actor-system.ts"
import { CellContext } from "./cell-context.ts"
import { Children } from "./children.ts"
import type { Failed, Letter, Receiver, Runnable, Scope } from "./letter.ts"
import { isDroppable, Mailbox, type TimedLetter } from "./mailbox.ts"
import { checkReceiveResult } from "./receive-result.ts"
import { StateCopy } from "./state-copy.ts"
import { type Decision, decide, RestartCounter, type SupervisorStrategy } from "./supervision.ts"
import { Timers } from "./timers.ts"

/** What a cell needs from the tree that it is part of. */
export interface Tree {
  readonly system: ActorSystem
  readonly scope: Scope
  /** Decides about the root when it throws. */
  readonly strategy: SupervisorStrategy
  /** Whether the root that has failed starts again from its saved state. */
  readonly recovers: boolean
  now(): number
  event(handler: () => void): void
  changed(): void
  timersChanged(): void
  /** A cell has stopped. */
  ended(cell: ActorCell, failure: Failed | undefined): void
  /** The root has failed. The state of the tree now, and these letters, are for the next instance. */
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
  /** Whether its state is saved. Once it had a state, `undefined` is a state too. */
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
    readonly props: ActorProps<unknown>,
    path: string,
    readonly parent?: ActorCell,
    readonly name = "",
  ) {
    this.scope = tree.scope
    this.ref = tree.system.ref(path)
    this.mailbox = new Mailbox(props.mailbox)
    this.timers = new Timers({
      now: () => this.now(),
      onFire: (timer) => this.receive({ message: timer.message, timer }),
      changed: () => this.tree.timersChanged(),
    })
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
      this.addDeadLetters(1)
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

  /** Where the answer to the current message goes; a path without an actor if the message is no question. */
  get sender(): ActorRef<unknown> {
    return this.asker ?? this.system.ref("/no-sender")
  }

  unwatch(path: string): void {
    this.system.unwatch({ watched: path, watcher: this.ref.path })
    this.mailbox.removeNotice(path)
  }

  /** Makes a new instance. */
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
      mayRestart: (strategy) => this.restarts.count(strategy, this.now()),
      onError: (thrown) => this.tree.report(this.ref.path, "stop", thrown),
    })
    if (decision === "resume" || decision === "restart") this.tree.report(this.ref.path, decision, error)
    if (decision === "restart") this.restart()
    else if (decision === "recover") this.recover({ error })
    else if (decision === "stop") this.terminate({ error })
  }

  /** Ends the instance and all below it. Watchers are notified last. */
  terminate(failure?: Failed): void {
    if (this.isStopped) return
    this.endInstance()
    this.isStopped = true
    this.addDeadLetters(this.mailbox.takeAll().filter(isDroppable).length)
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
    } catch (error) {
      this.terminate({ error })
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
    this.asker = letter.sender
    this.before = this.tree.recovers && !this.parent ? StateCopy.of(actor.state) : undefined
    try {
      checkReceiveResult(actor.receive(letter.message), actor)
    } catch (error) {
      this.failed(error)
    }
    this.before = undefined
    this.asker = undefined
    this.isStateful ||= this.actor?.state !== undefined
    if (this.isStateful) this.tree.changed()
  }

  private restart(): void {
    this.endInstance()
    this.actor = undefined
    this.start()
  }

  /** The state goes back to what it was before the message that failed. The waiting letters go to the next instance. */
  private recover(failure: Failed): void {
    if (this.actor && this.before) this.actor.state = this.before.state((path) => this.system.ref(path))
    // The next instance does not have the timers that have fired, so their messages go on without them.
    const letters = this.mailbox.takeAll().filter(({ timer }) => !timer || this.timers.deliver(timer))
    this.tree.recover(letters.map(({ timer: _, ...letter }) => letter))
    this.terminate(failure)
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
  }

  private addDeadLetters(count: number): void {
    for (let added = 0; added < count; added++) this.system.addDeadLetter(this.ref.path)
  }
}
