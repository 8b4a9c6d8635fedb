import type { Props } from "../actor/actor.ts"
import { checkProps } from "../actor/actor.ts"
import { type ActorRef, PoisonPill } from "../actor/actor-ref.ts"
import { ActorScope } from "../actor/actor-scope.ts"
import { ActorStage } from "../actor/actor-stage.ts"
import type { ActorSystem } from "../actor/actor-system.ts"
import type { SavedActor } from "../actor/saved-actor.ts"
import { type SupervisorStrategy, stopping } from "../actor/supervision.ts"
import type { Snapshot } from "../stream/engine/run.ts"
import { sinkStep } from "../stream/engine/wiring.ts"
import { log } from "../stream/logger.ts"
import type { ObjectGraphs } from "./shared/object-graphs.ts"
import type { SharedGraph } from "./shared/shared-graph.ts"

/** A stored actor: its state, timers, watches and children. A ref in it is a plain object, `{ "sluice:actor": path }`. */
export type ActorSnapshot = SavedActor

/** How an object supervises one of its actors. */
export interface ActorOptions {
  /**
   * Decides about the actor when it throws. Default: the actor stops, and starts again with the next message from its state before
   * the message that failed. The sockets whose flows end in it close with 1011. Its row is deleted only if the strategy decides
   * `stop`.
   */
  supervisorStrategy?: SupervisorStrategy
  /** Change it when the meaning of `state` changes. A snapshot of another version goes through `migrate`. Default: none. */
  version?: string | number
  /**
   * Makes a snapshot for this version of a snapshot of another version, or of one that cannot be restored. If it is missing or
   * returns `undefined`, the row stays as it is, and messages are dead letters until a deploy can read the row.
   */
  migrate?: (snapshot: ActorSnapshot) => ActorSnapshot | undefined
}

/** The actors that live as long as their object. Each is a shared graph of one stage. */
export class ObjectActors {
  private readonly graphs = new Map<string, SharedGraph>()
  /** Whether the object is being destroyed, so that no actor may start. */
  private isClosed = false

  constructor(
    private readonly system: ActorSystem,
    private readonly objectGraphs: ObjectGraphs,
  ) {}

  add<M>(name: string, props: Props<M>, { supervisorStrategy, version, migrate }: ActorOptions): ActorRef<M> {
    if (!/^[\w-]+$/.test(name)) throw new Error(`"${name}" cannot name an actor: use letters, digits and "-"`)
    if (this.graphs.has(name))
      throw new Error(`The object has an actor "${name}" already: declare it once, as a field of the class`)
    checkProps(props, `The second argument of this.actor("${name}", …)`)
    const path = `/${name}`
    const supervision = { strategy: supervisorStrategy ?? stopping, recovers: true }
    let current: ActorStage<M> | undefined
    const make = () => {
      current = new ActorStage(() => props, supervision, path)
      return current
    }
    const graph = this.objectGraphs.make(`sluice:actor:${name}`, [sinkStep("actor", "keeps", make)], {
      name: path,
      title: `the actor ${path}`,
      owner: new ActorScope(this.system, ""),
      version,
      onEnd: (failure) => {
        if (failure) log({ level: "error", event: "actor failed", actor: path, cause: failure.error })
      },
      retained: () => (current?.retained === "stored" ? "stored" : current?.retained && snapshotOf(current.retained)),
      migrate: (snapshot) => {
        const migrated = migrate?.(actorOf(snapshot) ?? {})
        return migrated && snapshotOf(migrated)
      },
      onUnstorable: (error, stored) => current?.failUnstorable(error, actorOf(stored)),
    })
    this.graphs.set(name, graph)
    return this.system.ref(path)
  }

  get(name: string): ActorRef<unknown> | undefined {
    return this.graphs.has(name) ? this.system.ref(`/${name}`) : undefined
  }

  /** Whether this release cannot restore an actor from its row. */
  isRefused(path: string): boolean {
    return this.graphOf(path)?.isRefused ?? false
  }

  /** Starts or restores the actor that a path belongs to. */
  wake(path: string): void {
    if (!this.isClosed) this.graphOf(path)?.ensureRunning()
  }

  /** Restores all actors that have a row, because they may have timers and watches. */
  resume(): void {
    for (const graph of this.graphs.values()) graph.resume()
  }

  /** Writes the rows of running actors again. */
  rewrite(): void {
    for (const graph of this.graphs.values()) graph.rewrite()
  }

  /** Stops every actor. None starts before `discard`. */
  stopAll(): void {
    this.resume()
    this.isClosed = true
    for (const [name, graph] of this.graphs) {
      if (graph.isRunning) this.system.tell(`/${name}`, { message: PoisonPill })
    }
  }

  /** Resets all actors, because storage has been emptied. */
  discard(): void {
    this.isClosed = false
    for (const graph of this.graphs.values()) graph.discard()
  }

  private graphOf(path: string): SharedGraph | undefined {
    const [, name = ""] = path.split("/")
    return this.graphs.get(name)
  }
}

/** The snapshot of a graph of one stage, which is open on both sides. */
function snapshotOf(actor: SavedActor): Snapshot {
  const position = 0
  const closed = 0
  return [[position, closed, undefined, actor]]
}

function actorOf(snapshot: Snapshot): SavedActor | undefined {
  const [stage] = snapshot
  if (!stage) return undefined
  const [_position, _closed, _due, actor] = stage
  return actor as SavedActor | undefined
}
