import { ActorStage } from "../actor/actor-flow.ts"
import type { ActorRef } from "../actor/actor-ref.ts"
import { ActorScope, type ActorSystem } from "../actor/actor-system.ts"
import type { Props } from "../actor/props.ts"
import { type SupervisorStrategy, stopping } from "../actor/supervision.ts"
import { type Chain, stage } from "../stream/blueprint.ts"
import { log } from "../stream/logger.ts"
import type { Failure, SharedGraph } from "./shared-graph.ts"

/** How an object looks after one of its actors. */
export interface ActorOptions {
  /** What becomes of the actor when it throws. Default: it stops. */
  supervisorStrategy?: SupervisorStrategy
}

/** Makes a graph that keeps what it has to keep under a key. */
export type MakeGraph = (key: string, chain: Chain, onEnd: (failure?: Failure) => void, origin: object) => SharedGraph

/** The actors that live as long as their object, each of them a graph of one stage. */
export class OwnActors {
  private readonly graphs = new Map<string, SharedGraph>()

  constructor(
    private readonly system: ActorSystem,
    private readonly graph: MakeGraph,
  ) {}

  add<M>(name: string, props: Props<M>, { supervisorStrategy = stopping }: ActorOptions): ActorRef<M> {
    if (!/^[\w-]+$/.test(name)) throw new Error(`"${name}" cannot name an actor: use letters, digits and "-"`)
    if (this.graphs.has(name)) throw new Error(`The object has an actor "${name}" already`)
    const path = `/${name}`
    const onEnd = (failure?: Failure) => {
      if (failure) log({ level: "error", event: "actor failed", endpoint: path, cause: failure.error })
    }
    const step = stage("actor", "keeps", () => new ActorStage(() => props, supervisorStrategy, path))
    this.graphs.set(name, this.graph(`sluice:actor:${name}`, [step], onEnd, new ActorScope(this.system, "")))
    return this.system.ref(path)
  }

  /** The ref of one that there is. */
  get(name: string): ActorRef<unknown> | undefined {
    return this.graphs.has(name) ? this.system.ref(`/${name}`) : undefined
  }

  /** Starts the one that a path belongs to, or goes on with it. */
  wake(path: string): void {
    const [, name = ""] = path.split("/")
    const graph = this.graphs.get(name)
    // One that cannot go on ends there, and begins anew with the message that woke it.
    graph?.resume()
    graph?.touch()
  }

  /** Brings all that were started once into memory: they may have timers, or watch somebody. */
  resume(): void {
    for (const graph of this.graphs.values()) graph.resume()
  }

  save(): void {
    for (const graph of this.graphs.values()) graph.save()
  }
}
