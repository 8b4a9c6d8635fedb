import type { RunContext } from "../stream/engine/stage.ts"
import { RestoreError } from "../stream/errors.ts"
import { ActorProps } from "./actor.ts"
import { ActorCell } from "./actor-cell.ts"
import type { ActorScope } from "./actor-scope.ts"
import type { ActorSystem } from "./actor-system.ts"
import type { Watch } from "./death-watch.ts"
import { withDescendants, withStored } from "./descendants.ts"
import type { Failed, Letter, Receiver } from "./letter.ts"
import { encodeRefs } from "./ref-encoding.ts"
import type { Retained, SavedActor, SavedChild } from "./saved-actor.ts"
import { initialState } from "./state-copy.ts"
import { type Decision, RestartCounter, type SupervisorStrategy } from "./supervision.ts"
import { TimerQueue } from "./timer-queue.ts"
import type { TimerRows } from "./timer-rows.ts"
import type { SavedTimer } from "./timer-table.ts"
import type { Timers } from "./timers.ts"
import type { Tree } from "./tree.ts"
import { unstorableCells, unstorableState } from "./unstorable-cells.ts"

/** The part of a stage that its tree of actors uses. */
export interface TreeHost {
  readonly run: RunContext
  /** See `TimersOwner.rows`. */
  readonly rows: TimerRows | undefined
  /** The tree as it is stored, without the counts of its timers. */
  readonly stored: SavedActor
  treeChanged(): void
  /** The next timer of an actor is due at this time. */
  treeWakesAt(due: number): void
  /** The root has stopped. With `retained` it starts again from that with the next message. */
  treeEnded(failure?: Failed, retained?: Retained): void
}

/** How the root of a tree is supervised. */
export interface RootSupervision {
  readonly strategy: SupervisorStrategy
  /** Whether a root that has failed starts again from its saved state, unless the strategy decides otherwise. */
  readonly recovers: boolean
}

/** An actor and all actors below it: they are saved and restored together. */
export class ActorTree implements Tree {
  readonly root: ActorCell
  readonly strategy: SupervisorStrategy
  readonly recovers: boolean
  readonly queue = new TimerQueue()
  private isRestoring = false
  private recovery: { retained: Retained; letters: readonly Letter[]; watches: readonly Watch[] } | undefined

  constructor(
    props: ActorProps<unknown>,
    path: string,
    readonly scope: ActorScope,
    { strategy, recovers }: RootSupervision,
    private readonly host: TreeHost,
  ) {
    this.strategy = strategy
    this.recovers = recovers
    this.root = new ActorCell(this, props, path)
  }

  get system(): ActorSystem {
    return this.scope.system
  }

  get rows(): TimerRows | undefined {
    return this.host.rows
  }

  now(): number {
    return this.host.run.now()
  }

  event(handler: () => void): void {
    this.host.run.event(handler)
  }

  changed(): void {
    this.host.treeChanged()
  }

  timersChanged(): void {
    if (this.isRestoring) return
    this.changed()
    this.host.treeWakesAt(this.due)
  }

  get due(): number {
    return this.queue.due
  }

  /** Fires every timer that is due, the longest due first. */
  fireTimers(): void {
    this.queue.fireDue(this.now())
  }

  recover(takeLetters: () => readonly Letter[]): void {
    for (const cell of withDescendants(this.root)) cell.rollBack()
    const failing = unstorableCells(this.root, this.host.stored)
    for (const { cell, stored } of failing) this.rollBack(cell, stored)
    for (const { cell, error } of failing) {
      // The state of a new instance may be one that cannot be stored either.
      const isLost = unstorableState(cell) !== undefined
      if (isLost && cell !== this.root) cell.terminate({ error })
      else this.report(cell.ref.path, isLost ? "stop" : "recover", error)
    }
    if (unstorableState(this.root)) return
    const letters = takeLetters()
    const retained = { saved: this.save(), rows: this.rows?.take() }
    this.recovery = { retained, letters, watches: this.watchesBeyond }
    // The stashed letters are retained too, so they are no dead letters.
    for (const cell of withDescendants(this.root)) cell.stashed.restore([])
  }

  ended(cell: Receiver, failure: Failed | undefined): void {
    if (cell !== this.root) {
      if (failure) this.report(cell.ref.path, "stop", failure.error)
      return
    }
    this.host.treeEnded(failure, this.recovery?.retained)
    if (this.recovery) this.system.goOn(cell.ref.path, this.recovery)
  }

  report(path: string, decision: Decision, error: unknown): void {
    this.host.run.log({ level: "error", event: `actor failed: ${decision}`, actor: path, cause: error })
  }

  save(): SavedActor {
    return this.saved(this.root)
  }

  /** The watches of its actors on those of other scopes, in an order that is the same after hibernation. */
  private get watchesBeyond(): Watch[] {
    const all = withDescendants(this.root).flatMap(({ ref }) => this.system.watchesBy(ref.path))
    const beyond = all.filter(({ watched }) => !this.scope.has(watched))
    return beyond.sort((one, other) => (one.watched < other.watched ? -1 : 1))
  }

  /** The timers of each actor. */
  get timers(): Timers<unknown>[] {
    return withDescendants(this.root).map(({ timers }) => timers)
  }

  /**
   * Fails the actors whose state cannot be stored. Drops everything that they sent during this event, and rolls their states back to
   * `stored`.
   */
  failUnstorable(error: unknown, stored: SavedActor = {}): void {
    const failing = unstorableCells(this.root, stored)
    // All of them are rolled back first, because a failing root retains the whole tree for its next instance.
    for (const { cell, stored } of failing) this.rollBack(cell, stored)
    for (const { cell, error } of failing) {
      // The state of a new instance cannot be stored either.
      if (unstorableState(cell)) cell.terminate({ error })
      else cell.failed(error)
    }
    if (failing.length > 0) {
      this.changed()
      return
    }
    // Every state can be stored, so storage refuses the row of the whole tree: it is too large, or the disk is full.
    for (const [cell, storedCell] of withStored(this.root, stored)) this.rollBack(cell, storedCell)
    this.root.failed(error)
  }

  /** Restores the whole tree. If an actor cannot be restored, removes all of it from memory and throws a `RestoreError`. */
  restore(saved: SavedActor): void {
    this.isRestoring = true
    try {
      this.restoreCell(this.root, saved)
    } catch (cause) {
      for (const cell of withDescendants(this.root)) this.system.detach(cell)
      throw new RestoreError(`The actor ${this.root.ref.path} cannot be restored`, { cause })
    } finally {
      this.isRestoring = false
    }
  }

  /** Drops everything that an actor sent during this event, and rolls its state back to the stored one. */
  private rollBack(cell: ActorCell, stored: SavedActor): void {
    this.system.host.discard(cell)
    cell.stashed.restore(stored.stash ?? [])
    if (!cell.actor) return
    cell.behaviors.restore(cell.actor, stored.behaviors ?? [])
    cell.actor.state = "state" in stored ? this.system.decode(structuredClone(stored.state)) : initialState(cell.props)
  }

  private saved(cell: ActorCell): SavedActor {
    const { ref, actor, isStateful, timers, restarts, children } = cell
    const behaviors = cell.behaviors.save()
    const stash = cell.stashed.save()
    const receiveTimeout = cell.receiveTimer.save()
    const savedTimers = timers.save()
    const counted = restarts.save()
    const childrenToSave = [...children].map((child): SavedChild => {
      const { name, props } = child
      return [name, children.typeOf(props), encodeRefs(props.args), props.mailbox, this.saved(child)]
    })
    const watching = this.system.watchesWithin(this.scope, ref.path)
    return {
      ...(isStateful && { state: encodeRefs(actor?.state) }),
      ...(behaviors.length > 0 && { behaviors }),
      ...(stash.length > 0 && { stash }),
      ...(receiveTimeout && { receiveTimeout }),
      ...(this.system.subscribers.has(ref.path) && { deadLetters: true as const }),
      ...(encodeRefs(savedTimers) as typeof savedTimers),
      ...(counted && { restarts: counted }),
      ...(childrenToSave.length > 0 && { children: childrenToSave }),
      ...(children.numbered > 0 && { numbered: children.numbered }),
      ...(watching.length > 0 && { watching }),
    }
  }

  private restoreCell(
    cell: ActorCell,
    { timers, timerPages, restarts, children = [], numbered = 0, watching = [], ...saved }: SavedActor,
  ): void {
    const actor = cell.make()
    cell.behaviors.restore(actor, saved.behaviors ?? [])
    cell.stashed.restore(saved.stash ?? [])
    if (saved.deadLetters) this.system.subscribers.add(cell.ref.path)
    if (saved.receiveTimeout) cell.receiveTimer.restore(saved.receiveTimeout)
    if ("state" in saved) actor.state = this.system.decode(saved.state)
    cell.isStateful ||= "state" in saved
    const { run } = this.host
    const savedTimers = this.system.decode(timers ?? []) as SavedTimer[]
    cell.timers.restore({ timers: savedTimers, timerPages }, Math.min(run.now(), run.deliveredUntil))
    cell.restarts = new RestartCounter(restarts)
    cell.children.numbered = numbered
    this.system.watches.restore(watching)
    for (const [name, typeName, args, mailbox, child] of children) {
      const type = actor.childTypes[typeName]
      if (!type)
        throw new Error(
          `The actor ${cell.ref.path} has no kind "${typeName}" of children: add it to its childTypes again`,
        )
      const decoded = this.system.decode(args) as never[]
      const props = new ActorProps<never>(type, decoded, mailbox, () => new type(...decoded))
      this.restoreCell(cell.children.adopt(props as ActorProps<unknown>, name), child)
    }
  }
}
