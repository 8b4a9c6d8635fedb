import { Flow } from "../stream/flow.ts"
import { atLeastOne } from "../stream/overflow.ts"
import { SinkStage } from "../stream/stages/sink.ts"
import type { ActorRef } from "./actor-ref.ts"
import { PoisonPill } from "./actor-ref.ts"
import { type ActorSourceOptions, ActorSourceStage, SourceRef } from "./actor-source.ts"
import { ActorScope } from "./actor-system.ts"
import { ActorTree, type Failed, type SavedActor, type TreeHost } from "./actor-tree.ts"
import type { Props } from "./props.ts"
import { type SupervisorStrategy, stopping } from "./supervision.ts"

/** Flows that are actors. */
export const ActorFlow = {
  /**
   * A flow that is an actor of its own for each connection: what comes in is told to it, what it tells `out` goes to the client. Its
   * end closes the socket, with 1000, or as its failure says; and when the socket is closed, it stops.
   *
   * - **Emits when** the actor tells `out` something and downstream wants it
   * - **Backpressures when** never: the mailbox and the buffer are what is bounded
   * - **Completes when** the actor stops, after what it told `out` before
   * - **Cancels when** the actor stops
   * - **Hibernates:** keeps the actor's state, its timers, its children and what waits
   *
   * @example
   * ```ts
   * app.get("/counter", webSocket.accept(text, () => ActorFlow.actorRef((out) => Props.of(Counter, out))))
   * ```
   */
  actorRef<In, Out>(
    props: (out: ActorRef<Out>) => Props<In>,
    { bufferSize = 16, overflow = "dropNew" }: ActorSourceOptions = {},
  ): Flow<In, Out> {
    atLeastOne(bufferSize, "The bufferSize of an actorRef")
    return new Flow([
      {
        name: "actorFlow",
        hibernates: "keeps",
        build(wiring, last) {
          const out = new SourceRef<Out>()
          const actor = new ActorStage<In>(() => props(out), stopping)
          const source = new ActorSourceStage(out, bufferSize, overflow, () => actor.stop())
          actor.onEnd = (failure) => (failure ? source.failDown(failure.error) : source.end())
          actor.leadsTo = source
          wiring.add(actor, last)
          return wiring.add(source, undefined)
        },
      },
    ])
  },
}

/** Tells what comes to an actor that lives in it. */
export class ActorStage<In> extends SinkStage<In, void, SavedActor> implements TreeHost {
  /** The actor has stopped. */
  onEnd: (failure?: Failed) => void = () => {}
  override readonly isTimed = true
  private tree: ActorTree | undefined
  private isFresh = false

  constructor(
    private readonly props: () => Props<In>,
    private readonly strategy: SupervisorStrategy,
    private readonly path?: string,
  ) {
    super()
  }

  override onStart(): void {
    this.isFresh = true
    this.changed()
  }

  override ask(): void {
    if (this.isFresh) this.enter()
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

  treeChanged(): void {
    this.changed()
  }

  treeWakesAt(due: number): void {
    this.wakeAt(due)
  }

  treeEnded(failure?: Failed): void {
    this.run.event(() => {
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
    try {
      this.enter(saved.path)?.restore(saved)
    } catch (error) {
      this.treeEnded({ error })
    }
    this.due = this.tree?.due ?? Infinity
  }

  /** How often a timer has rung follows from the clock. */
  override lasting(saved: SavedActor): unknown {
    const { timers, children } = saved
    return {
      ...saved,
      timers: timers?.map((timer) => timer.slice(0, -1)),
      children: children?.map((child) => [...child.slice(0, -1), this.lasting(child[4])]),
    }
  }

  /** @param path where it was, if its stage cannot tell */
  private enter(path = this.path): ActorTree | undefined {
    try {
      const scope = ActorScope.of(this.run)
      const props = this.props() as Props<unknown>
      this.tree = new ActorTree(props, path ?? scope.pathOf(this), scope, this.strategy, this)
    } catch (error) {
      this.treeEnded({ error })
    }
    return this.tree
  }
}
