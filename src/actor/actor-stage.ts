import { SinkStage } from "../stream/engine/sink-stage.ts"
import { checkProps, type Props } from "./actor.ts"
import { PoisonPill } from "./actor-ref.ts"
import { ActorScope } from "./actor-scope.ts"
import { ActorTree, type RootSupervision, type TreeHost } from "./actor-tree.ts"
import type { Failed } from "./letter.ts"
import type { Kept, SavedActor } from "./saved-actor.ts"

/** The stage of an actor: it tells the actor every element, and its saved state is the actor's. */
export class ActorStage<In> extends SinkStage<In, void, SavedActor> implements TreeHost {
  /** The actor has stopped. */
  onEnd: (failure?: Failed) => void = () => {}
  /** Saved by `treeEnded` for the next instance of an actor that has failed. */
  kept: Kept | undefined
  override readonly isClockDerived = true
  private tree: ActorTree | undefined
  private isFresh = false

  constructor(
    private readonly props: () => Props<In>,
    private readonly supervision: RootSupervision,
    /** Where the path does not follow from the position of the stage. */
    private readonly path?: string,
  ) {
    super()
  }

  override onStart(): void {
    this.isFresh = true
    this.markDirty()
  }

  override ask(): void {
    if (this.isFresh) this.tryEnter()
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
    this.tree?.ring()
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

  /** Fails what cannot be stored; the rest of the tree goes on. */
  failUnstorable(error: unknown, stored: SavedActor | undefined): void {
    this.run.event(() => this.tree?.failUnstorable(error, stored))
  }

  treeChanged(): void {
    this.markDirty()
  }

  treeWakesAt(due: number): void {
    this.wakeAt(due)
  }

  treeEnded(failure?: Failed, kept?: Kept): void {
    this.run.event(() => {
      this.kept = kept
      this.tree = undefined
      this.cancelUp()
      this.onEnd(failure)
      if (failure) this.failDown(failure.error)
      else this.succeed()
    })
  }

  override save(): SavedActor | undefined {
    const path = this.run.positionOf(this) === undefined ? this.tree?.root.ref.path : undefined
    return this.tree && { ...this.tree.save(), ...(path && { path }) }
  }

  override restore(saved: SavedActor): void {
    this.enter(saved.path).restore(saved)
    this.due = this.tree?.due ?? Infinity
  }

  /** How often a timer has rung follows from the clock. */
  override persistentPart(saved: SavedActor): unknown {
    const { timers, children } = saved
    return {
      ...saved,
      timers: timers?.map((timer) => timer.slice(0, -1)),
      children: children?.map((child) => [...child.slice(0, -1), this.persistentPart(child[4])]),
    }
  }

  private tryEnter(): void {
    try {
      this.enter(this.path)
    } catch (error) {
      this.treeEnded({ error })
    }
  }

  private enter(path = this.path): ActorTree {
    const scope = ActorScope.of(this.run)
    const props = checkProps(this.props(), "What the function of an actorRef returns") as Props<unknown>
    this.tree = new ActorTree(props, path ?? scope.pathOf(this), scope, this.supervision, this)
    return this.tree
  }
}
