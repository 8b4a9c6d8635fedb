import { SinkStage } from "../stream/engine/sink-stage.ts"
import { orUndefinedThrown } from "../stream/errors.ts"
import { type ActorProps, checkProps } from "./actor.ts"
import { PoisonPill } from "./actor-ref.ts"
import { ActorScope, hasRandomPath } from "./actor-scope.ts"
import { ActorTree, type RootSupervision, type TreeHost } from "./actor-tree.ts"
import type { Failed } from "./letter.ts"
import { persistentPart, type Retained, rolledBack, type SavedActor } from "./saved-actor.ts"
import { type RowChanges, TimerRows, type TimerStorage, writeRows } from "./timer-rows.ts"

/** Where an actor of an object is: its path, and its rows. */
interface ObjectPlace {
  readonly path: string
  readonly storage: TimerStorage
  /** The actor as it is stored. */
  stored(): SavedActor
}

/** Sends every element of a stream to an actor. Its saved state is the actor's. */
export class ActorStage<In> extends SinkStage<In, void, SavedActor> implements TreeHost {
  /** The actor has stopped. */
  onEnd: (failure?: Failed) => void = () => {}
  /** Set when the tree ends: the state from which the next instance of an actor that has failed starts. */
  retained: Retained | undefined
  override readonly isClockDerived = true
  rows: TimerRows | undefined
  private tree: ActorTree | undefined
  private isFresh = false

  constructor(
    private readonly props: () => ActorProps<In>,
    private readonly supervision: RootSupervision,
    /** Default: the path follows from the position of the stage, and the timers are part of the saved state. */
    private readonly place?: ObjectPlace,
  ) {
    super()
  }

  override onStart(): void {
    this.isFresh = true
    this.markDirty()
  }

  override ask(): void {
    if (this.isFresh) this.tryCreateTree()
    super.ask()
  }

  override begin(): void {
    if (this.isFresh) this.tree?.root.schedule()
  }

  push(element: In): boolean {
    this.tree?.root.receive({ message: element })
    return !this.inClosed
  }

  override onTimer(): void {
    this.tree?.fireTimers()
    if (this.tree) this.wakeAt(this.tree.due)
  }

  override onComplete(): void {
    this.tree?.root.receive({ message: PoisonPill })
  }

  override onFail(error: unknown): void {
    this.onEnd({ error })
    this.stop()
  }

  stop(): void {
    this.tree?.root.stop()
  }

  /** Fails the actors whose state cannot be stored. The rest of the tree goes on. */
  failUnstorable(error: unknown, stored: SavedActor | undefined): void {
    this.run.event(() => this.tree?.failUnstorable(error, stored))
  }

  /** Reads all timers, before storage is emptied. */
  readTimers(): void {
    for (const timers of this.tree?.timers ?? []) timers.read()
  }

  /** All timers are written again, because storage has been emptied. */
  rewriteTimers(): void {
    for (const timers of this.tree?.timers ?? []) timers.rewrite()
  }

  get stored(): SavedActor {
    return this.place?.stored() ?? {}
  }

  /** What the row is to have after the end: the retained state or, if storage refuses that, one with the stored states. */
  get attempts(): SavedActor[] | undefined {
    const { retained } = this
    return retained && [retained.saved, rolledBack(retained.saved, this.stored)]
  }

  /** Whether `writeRows` has something to write. */
  get hasDirtyRows(): boolean {
    return this.tree ? this.rows?.isDirty === true : this.retainedRows.size > 0
  }

  /** Writes the rows that belong to the saved or retained state. */
  writeRows(): void {
    if (this.tree) this.rows?.write()
    else if (this.place) writeRows(this.place.storage, this.retainedRows)
  }

  treeChanged(): void {
    this.markDirty()
  }

  treeWakesAt(due: number): void {
    this.wakeAt(due)
  }

  treeEnded(failure?: Failed, retained?: Retained): void {
    this.run.event(() => {
      this.retained = retained
      this.tree = undefined
      this.cancelUp(failure && orUndefinedThrown(failure.error))
      this.onEnd(failure)
      if (failure) this.failDown(failure.error)
      else this.succeed()
    })
  }

  override save(): SavedActor | undefined {
    const path = hasRandomPath(this) ? this.tree?.root.ref.path : undefined
    return this.tree && { ...this.tree.save(), ...(path && { path }) }
  }

  override restore(saved: SavedActor): void {
    this.createTree(saved.path).restore(saved)
    this.due = this.tree?.due ?? Infinity
  }

  override persistentPart(saved: SavedActor): unknown {
    return persistentPart(saved)
  }

  private get retainedRows(): RowChanges {
    const { retained } = this
    return retained?.rows ?? new Map()
  }

  private tryCreateTree(): void {
    try {
      this.createTree()
    } catch (error) {
      this.treeEnded({ error })
    }
  }

  private createTree(path = this.place?.path): ActorTree {
    const scope = ActorScope.of(this.run)
    const { storage } = this.place ?? {}
    this.rows = storage && new TimerRows(storage, (value) => scope.system.decode(value))
    const props = checkProps(this.props(), "What the function of an actorRef returns") as ActorProps<unknown>
    this.tree = new ActorTree(props, path ?? scope.pathOf(this), scope, this.supervision, this)
    return this.tree
  }
}
