import { type Actor, equip } from "./actor.ts"
import { ActorContext } from "./actor-context.ts"
import { type ActorRef, type AnyRef, PoisonPill } from "./actor-ref.ts"
import type { ActorScope, Receiver, Runnable } from "./actor-system.ts"
import type { ActorTree, Failed } from "./actor-tree.ts"
import { Mailbox, type TimedLetter } from "./mailbox.ts"
import type { Props } from "./props.ts"
import { type Directive, RestartCounter } from "./supervision.ts"
import { Timers } from "./timers.ts"

/** One actor at work: its mailbox, its turns, its children, and how it starts, fails and stops. */
export class ActorCell implements Receiver, Runnable {
  readonly ref: ActorRef<unknown>
  readonly scope: ActorScope
  readonly children = new Map<string, ActorCell>()
  readonly timers: Timers<unknown>
  /** `undefined` before its first turn. */
  actor: Actor<unknown> | undefined
  /** Whether it has a state to keep; once it had one, `undefined` is one as well. */
  isStateful = false
  restarts = new RestartCounter()
  /** How many children have got a number for a name. */
  numbered = 0
  private readonly mailbox: Mailbox
  private isStopping = false
  private isStopped = false
  private isScheduled = false
  /** The mailbox was full, and that is a failure. */
  private overflown: Failed | undefined
  private asker: ActorRef<unknown> | undefined

  constructor(
    private readonly tree: ActorTree,
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

  watchersChanged(): void {
    this.tree.changed()
  }

  receive(letter: TimedLetter): void {
    // Of one end it is told once, however often it watches.
    if (letter.about !== undefined) this.mailbox.forget(letter.about)
    try {
      this.lose(this.mailbox.put(letter))
    } catch (error) {
      this.lose(1)
      this.overflown = { error }
    }
    this.schedule()
  }

  /** Stops as soon as what it does just now is over. */
  stop(): void {
    this.isStopping = true
    this.schedule()
  }

  /** To be started by its first turn, or to handle what has come. */
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
      else if (this.overflown) this.failed(this.overflown.error)
      else if (!this.actor) this.start()
      else this.next(this.actor)
    })
    if (!this.mailbox.isEmpty) this.schedule()
  }

  get sender(): ActorRef<unknown> {
    return this.asker ?? this.refTo("/nobody")
  }

  refTo(path: string): ActorRef<unknown> {
    return this.tree.system.ref(path)
  }

  spawn<M>(props: Props<M>, name = `$${++this.numbered}`): ActorRef<M> {
    if (!/^[\w$.-]+$/.test(name)) throw new Error(`"${name}" cannot name an actor: use letters, digits and "-"`)
    if (this.children.has(name)) throw new Error(`${this.ref.path} has a child "${name}" already`)
    this.kindOf(props)
    const child = this.adopt(props as Props<unknown>, name)
    child.schedule()
    this.tree.changed()
    return child.ref
  }

  /** A child that is there, but neither started nor restored yet. */
  adopt(props: Props<unknown>, name: string): ActorCell {
    const child = new ActorCell(this.tree, props, `${this.ref.path}/${name}`, this, name)
    this.children.set(name, child)
    return child
  }

  /** Under which name the class of a child is found when the child is made again. */
  kindOf({ type }: Pick<Props<unknown>, "type">): string {
    const [kind] = Object.entries(this.actor?.kinds ?? {}).find(([, known]) => known === type) ?? []
    if (kind !== undefined) return kind
    throw new Error(
      `${type.name} is not among the kinds of ${this.props.type.name}, and could not be made again after the object has slept: ` +
        `write "override kinds = { ${type.name} }" in ${this.props.type.name}`,
    )
  }

  stopOneOf({ path }: AnyRef): void {
    const name = path.slice(path.lastIndexOf("/") + 1)
    if (path === this.ref.path) this.stop()
    else if (path === `${this.ref.path}/${name}`) this.children.get(name)?.stop()
    else throw new Error(`${this.ref.path} cannot stop ${path}, which is no child of it: tell it PoisonPill`)
  }

  watch(actor: AnyRef, message?: unknown): void {
    if (actor.path.startsWith("//")) throw new Error(`${this.ref.path} cannot watch ${actor.path} in another object`)
    if (actor.path !== this.ref.path) this.tree.system.watch(actor, this, message)
  }

  unwatch({ path }: AnyRef): void {
    this.tree.system.unwatch({ watched: path, watcher: this.ref.path })
    this.mailbox.forget(path)
  }

  get watched(): string[] {
    return this.tree.system.watchedBy(this.ref.path)
  }

  tellWatched(message: unknown): void {
    this.tree.system.broadcast(this.watched, message)
  }

  /** A new instance, whose constructor does not know whether it is the first. */
  make(): Actor<unknown> {
    const actor = this.props.make()
    equip(actor, new ActorContext(this), this.timers)
    this.actor = actor
    this.isStateful = actor.state !== undefined
    return actor
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
    try {
      refuseAsync(actor.receive(letter.message), actor)
    } catch (error) {
      this.failed(error)
    }
    this.asker = undefined
    this.isStateful ||= this.actor?.state !== undefined
    if (this.isStateful) this.tree.changed()
  }

  private failed(error: unknown): void {
    this.overflown = undefined
    const directive = this.directive(error)
    if (directive !== "stop") this.tree.report(this.ref.path, directive, error)
    if (directive === "stop") this.terminate({ error })
    else if (directive === "restart") this.restart()
  }

  private directive(error: unknown): Directive {
    const strategy = this.parent?.actor?.supervisorStrategy ?? this.tree.strategy
    try {
      const directive = strategy.decide(error)
      return directive === "restart" && !this.restarts.take(strategy, this.now()) ? "stop" : directive
    } catch (thrown) {
      this.tree.report(this.ref.path, "stop", thrown)
      return "stop"
    }
  }

  private restart(): void {
    this.leave()
    this.actor = undefined
    this.start()
  }

  /** Children stop before their parent, and whoever watches hears of it last. */
  private terminate(failure?: Failed): void {
    if (this.isStopped) return
    this.leave()
    this.isStopped = true
    this.lose(this.mailbox.clear())
    this.parent?.children.delete(this.name)
    this.tree.system.remove(this)
    this.tree.changed()
    this.tree.ended(this, failure)
  }

  /** The end of an instance: of the actor itself, or of what is restarted. */
  private leave(): void {
    this.abandon()
    try {
      this.actor?.postStop()
    } catch (error) {
      this.tree.report(this.ref.path, "stop", error)
    }
    // What it began in its end.
    this.abandon()
  }

  /** Its children and timers go, and it hears no more of them. */
  private abandon(): void {
    for (const child of [...this.children.values()]) {
      this.unwatch(child.ref)
      child.terminate()
    }
    this.timers.cancelAll()
  }

  private lose(count: number): void {
    for (let lost = 0; lost < count; lost++) this.tree.system.lose(this.ref.path)
  }
}

/** What comes after an `await` is no part of the event: it would be lost, and so would what it throws. */
function refuseAsync(result: unknown, actor: object): void {
  if (!(result instanceof Promise)) return
  result.catch(() => {})
  throw new TypeError(
    `The receive of ${actor.constructor.name} returned a promise: tell the actor itself what comes of it, promise.then((result) => self.tell(result))`,
  )
}
