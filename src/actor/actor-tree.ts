import type { RunContext } from "../stream/engine/stage.ts"
import { RestoreError } from "../stream/errors.ts"
import { log } from "../stream/logger.ts"
import { unstorablePart } from "../stream/storable.ts"
import { Props } from "./actor.ts"
import { ActorCell, type Tree } from "./actor-cell.ts"
import type { ActorScope } from "./actor-scope.ts"
import type { ActorSystem } from "./actor-system.ts"
import type { Failed, Letter } from "./letter.ts"
import { decodeRefs, encodeRefs } from "./ref-encoding.ts"
import type { Kept, SavedActor, SavedChild } from "./saved-actor.ts"
import { type Decision, RestartCounter, type SupervisorStrategy } from "./supervision.ts"
import type { SavedTimer } from "./timers.ts"

/** What a tree of actors needs from its stage. */
export interface TreeHost {
  readonly run: RunContext
  treeChanged(): void
  /** The next timer of an actor is due at this time. */
  treeWakesAt(due: number): void
  /** The root has stopped. `kept` is there if it starts again from that with the next message. */
  treeEnded(failure?: Failed, kept?: Kept): void
}

/** How the root of a tree is supervised. */
export interface RootSupervision {
  readonly strategy: SupervisorStrategy
  /** Whether a root that has failed starts again from its saved state, unless the strategy says otherwise. */
  readonly recovers: boolean
}

/** An actor and all actors below it: they are saved and restored together. */
export class ActorTree implements Tree {
  readonly root: ActorCell
  readonly strategy: SupervisorStrategy
  readonly recovers: boolean
  private isRestoring = false
  private recovery: { kept: Kept; letters: readonly Letter[] } | undefined

  constructor(
    props: Props<unknown>,
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
    return Math.min(...family(this.root).map(({ timers }) => timers.due))
  }

  /** Rings every timer that is due, the longest due first. */
  ring(): void {
    const now = this.now()
    for (let due = this.due; due <= now; due = this.due) {
      family(this.root)
        .find(({ timers }) => timers.due === due)
        ?.timers.ring(now)
    }
  }

  recover(letters: readonly Letter[]): void {
    const culprits = [...this.unstorable(this.root, {})]
    for (const { cell, error } of culprits) this.report(cell.ref.path, "recover", error)
    // Nothing that depends on a state that cannot be stored leaves the object.
    if (culprits.length > 0) for (const cell of family(this.root)) this.system.host.discard(cell)
    this.recovery = { kept: culprits.length > 0 ? "stored" : this.save(), letters }
  }

  ended(cell: ActorCell, failure: Failed | undefined): void {
    if (cell !== this.root) {
      if (failure) this.report(cell.ref.path, "stop", failure.error)
      return
    }
    const { kept, letters = [] } = this.recovery ?? {}
    this.host.treeEnded(failure, kept)
    for (const letter of letters) this.system.tell(cell.ref.path, letter)
  }

  report(path: string, decision: Decision, error: unknown): void {
    log({ level: "error", event: `actor failed: ${decision}`, actor: path, cause: error })
  }

  save(): SavedActor {
    return this.saved(this.root)
  }

  /** Fails the actors whose state cannot be stored. Nothing that they sent during this event leaves, and they go back to `stored`. */
  failUnstorable(error: unknown, stored: SavedActor = {}): void {
    const culprits = [...this.unstorable(this.root, stored)]
    // All of them first: what an actor that fails leaves for its next instance is the whole tree.
    for (const { cell, stored } of culprits) this.takeBack(cell, stored)
    for (const { cell, error } of culprits) {
      // The state of a new instance cannot be stored either.
      if (this.unstorableState(cell)) cell.terminate({ error })
      else cell.failed(error)
    }
    if (culprits.length > 0) {
      this.changed()
      return
    }
    // Storage refuses the row of the whole tree: it is too large, or the disk is full.
    for (const [cell, storedCell] of familyWith(this.root, stored)) this.takeBack(cell, storedCell)
    this.root.failed(error)
  }

  /** An actor that cannot be restored is a `RestoreError`, and nothing of the tree is left in memory. */
  restore(saved: SavedActor): void {
    this.isRestoring = true
    try {
      this.revive(this.root, saved)
    } catch (cause) {
      for (const cell of family(this.root)) this.system.detach(cell)
      throw new RestoreError(`The actor ${this.root.ref.path} cannot be restored`, { cause })
    } finally {
      this.isRestoring = false
    }
  }

  private *unstorable(
    root: ActorCell,
    storedRoot: SavedActor,
  ): Iterable<{ cell: ActorCell; stored: SavedActor; error: Error }> {
    for (const [cell, stored] of familyWith(root, storedRoot)) {
      const part = this.unstorableState(cell)
      if (!part) continue
      const message = `The state of the actor ${cell.ref.path} must be what structured clone takes, and refs: ${part}`
      yield { cell, stored, error: new TypeError(message) }
    }
  }

  /** The part of an actor's state that structured clone refuses. */
  private unstorableState({ isStateful, actor }: ActorCell): string | undefined {
    if (!isStateful) return undefined
    try {
      return unstorablePart(encodeRefs(actor?.state), "state")
    } catch (error) {
      return error instanceof RangeError ? "state is nested too deeply" : unstorablePart(actor?.state, "state")
    }
  }

  /** What an actor has sent during this event does not leave, and its state is again what is stored. */
  private takeBack(cell: ActorCell, stored: SavedActor): void {
    this.system.host.discard(cell)
    if (cell.actor) cell.actor.state = "state" in stored ? this.decoded(stored.state) : cell.props.make().state
  }

  private decoded(value: unknown): unknown {
    return decodeRefs(value, (path) => this.system.ref(path))
  }

  private saved({ ref, actor, isStateful, timers, restarts, children }: ActorCell): SavedActor {
    const savedTimers = timers.save()
    const counted = restarts.save()
    const savedChildren = [...children].map((child): SavedChild => {
      const { name, props } = child
      return [name, children.typeOf(props), encodeRefs(props.args), props.mailbox, this.saved(child)]
    })
    const watching = this.system.watchesWithin(this.scope, ref.path)
    return {
      ...(isStateful && { state: encodeRefs(actor?.state) }),
      ...(savedTimers.length > 0 && { timers: encodeRefs(savedTimers) as SavedTimer[] }),
      ...(counted && { restarts: counted }),
      ...(savedChildren.length > 0 && { children: savedChildren }),
      ...(children.numbered > 0 && { numbered: children.numbered }),
      ...(watching.length > 0 && { watching }),
    }
  }

  private revive(
    cell: ActorCell,
    { timers, restarts, children = [], numbered = 0, watching = [], ...kept }: SavedActor,
  ): void {
    const actor = cell.make()
    if ("state" in kept) actor.state = this.decoded(kept.state)
    cell.isStateful ||= "state" in kept
    const { run } = this.host
    if (timers) cell.timers.restore(this.decoded(timers) as SavedTimer[], Math.min(run.now(), run.deliveredUntil))
    cell.restarts = new RestartCounter(restarts)
    cell.children.numbered = numbered
    this.system.restore(watching)
    for (const [name, typeName, args, mailbox, child] of children) {
      const type = actor.childTypes[typeName]
      if (!type)
        throw new Error(
          `The actor ${cell.ref.path} has no kind "${typeName}" of children: add it to its childTypes again`,
        )
      const props = Props.of(type, ...(this.decoded(args) as never[])).withMailbox(mailbox)
      this.revive(cell.children.adopt(props as Props<unknown>, name), child)
    }
  }
}

/** An actor and all actors below it, parents first. */
function family(cell: ActorCell): ActorCell[] {
  return [cell, ...[...cell.children].flatMap(family)]
}

/** The same, each with what is stored of it. */
function familyWith(cell: ActorCell, stored: SavedActor): [cell: ActorCell, stored: SavedActor][] {
  const storedChildren = new Map(stored.children?.map(([name, , , , child]) => [name, child]))
  return [
    [cell, stored],
    ...[...cell.children].flatMap((child) => familyWith(child, storedChildren.get(child.name) ?? {})),
  ]
}
