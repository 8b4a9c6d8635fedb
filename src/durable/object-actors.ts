import type { Props } from "../actor/actor.ts"
import { checkProps } from "../actor/actor.ts"
import { type ActorRef, PoisonPill } from "../actor/actor-ref.ts"
import { ActorScope } from "../actor/actor-scope.ts"
import { ActorStage } from "../actor/actor-stage.ts"
import type { ActorSystem } from "../actor/actor-system.ts"
import type { SavedActor } from "../actor/saved-actor.ts"
import { type SupervisorStrategy, stopping } from "../actor/supervision.ts"
import { type Chain, stage } from "../stream/blueprint.ts"
import { log } from "../stream/logger.ts"
import type { Snapshot } from "../stream/run.ts"
import type { GraphSettings } from "./shared/graph-settings.ts"
import type { SharedGraph } from "./shared/shared-graph.ts"

/** What is stored of an actor: its state, timers and children. Refs in it are encoded as plain objects. */
export type ActorSnapshot = SavedActor

/** How an object supervises one of its actors. */
export interface ActorOptions {
  /**
   * Decides when the actor throws. By default an actor that throws stops, which closes the sockets whose flows end in it with 1011;
   * it starts again with the next message, from its state before the message that failed. Its row is deleted only if the strategy
   * decides `stop`.
   */
  supervisorStrategy?: SupervisorStrategy
  /** Changes with the meaning of `state`. What was stored under another version goes through `migrate`. */
  version?: string | number
  /**
   * Makes a snapshot for this version of one that was stored under another, or that cannot be restored. Without it, or where it
   * returns `undefined`, the row stays as it is, and the actor refuses messages until a deploy can read it.
   */
  migrate?: (snapshot: ActorSnapshot) => ActorSnapshot | undefined
}

/** Makes a graph that is stored under a key. */
export type MakeGraph = (
  key: string,
  chain: Chain,
  settings: Pick<GraphSettings, "name" | "title" | "owner" | "version" | "onEnd" | "kept" | "migrate" | "onUnstorable">,
) => SharedGraph

/** The actors that live as long as their object. Each is a graph of one stage. */
export class ObjectActors {
  private readonly graphs = new Map<string, SharedGraph>()
  /** The object is being destroyed: no actor starts. */
  private isClosed = false

  constructor(
    private readonly system: ActorSystem,
    private readonly graph: MakeGraph,
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
    const graph = this.graph(`sluice:actor:${name}`, [stage("actor", "keeps", make)], {
      name: path,
      title: `the actor ${path}`,
      owner: new ActorScope(this.system, ""),
      version,
      onEnd: (failure) => {
        if (failure) log({ level: "error", event: "actor failed", actor: path, cause: failure.error })
      },
      kept: () => (current?.retained === "stored" ? "stored" : current?.retained && snapshotOf(current.retained)),
      migrate: (snapshot) => {
        const migrated = migrate?.(savedIn(snapshot) ?? {})
        return migrated && snapshotOf(migrated)
      },
      onUnstorable: (error, stored) => current?.failUnstorable(error, savedIn(stored)),
    })
    this.graphs.set(name, graph)
    return this.system.ref(path)
  }

  get(name: string): ActorRef<unknown> | undefined {
    return this.graphs.has(name) ? this.system.ref(`/${name}`) : undefined
  }

  /** Whether what is stored of an actor cannot be restored by this release. */
  isRefused(path: string): boolean {
    return this.graphOf(path)?.isRefused ?? false
  }

  /** Starts or restores the actor that a path belongs to. */
  wake(path: string): void {
    if (!this.isClosed) this.graphOf(path)?.ensureRunning()
  }

  /** Restores all that ever started: they may have timers and watches. */
  resume(): void {
    for (const graph of this.graphs.values()) graph.resume()
  }

  /** Writes what runs anew. */
  rewrite(): void {
    for (const graph of this.graphs.values()) graph.rewrite()
  }

  /** Stops every actor that has ever started, until `discard`. */
  stopAll(): void {
    this.resume()
    this.isClosed = true
    for (const [name, graph] of this.graphs) {
      if (graph.isRunning) this.system.tell(`/${name}`, { message: PoisonPill })
    }
  }

  /** Forgets what was stored: storage has been emptied. */
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
  return [[0, 0, undefined, actor]]
}

function savedIn(snapshot: Snapshot): SavedActor | undefined {
  return snapshot[0]?.[3] as SavedActor | undefined
}
