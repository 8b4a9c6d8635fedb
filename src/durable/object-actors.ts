import type { ActorRef } from "../actor/actor-ref.ts"
import type { ActorStage } from "../actor/actor-stage.ts"
import type { ActorSystem } from "../actor/actor-system.ts"
import type { Props } from "../actor/props.ts"
import type { SavedActor } from "../actor/saved-actor.ts"
import type { SupervisorStrategy } from "../actor/supervision.ts"
import { checkNames, describeValue } from "../stream/author-value.ts"
import type { Duration } from "../stream/duration.ts"
import type { Snapshot } from "../stream/engine/run.ts"
import { sinkStep } from "../stream/engine/wiring.ts"
import { type ObjectActorHome, RunOwner } from "./actor-home.ts"
import { ActorRows } from "./actor-rows.ts"
import type { ObjectGraphs } from "./shared/object-graphs.ts"
import type { SharedGraph } from "./shared/shared-graph.ts"

/** A stored actor: its state, behaviors, stash, timers, watches and children. A ref in it is a plain object, `{ "sluice:actor": path }`. */
export type ActorSnapshot = SavedActor

/** How an object supervises one of its actors. */
export interface ActorOptions {
  /**
   * Decides about the actor when it throws. Default: the actor stops, and starts again at once from its state before
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

/**
 * The actors that live as long as their object. Each is a shared graph of one stage. The `Props` of the actors bring the stage and the
 * actor system, so nothing here imports code of actors.
 */
export class ObjectActors {
  private readonly graphs = new Map<string, SharedGraph>()
  private readonly rows = new Map<string, ActorRows>()
  /** Whether the object is being destroyed, so that no actor may start. */
  private isClosed = false

  constructor(
    private readonly object: {
      readonly className: string
      readonly kv: SyncKvStorage
      readonly home: ObjectActorHome
      readonly graphs: ObjectGraphs
    },
  ) {}

  add<M>(name: string, props: Props<M>, options: ActorOptions): ActorRef<M> {
    const { supervisorStrategy, version, migrate } = options
    checkNames("actor option", options, { supervisorStrategy, version, migrate })
    if (!/^[\w-]+$/.test(name)) throw new Error(`"${name}" cannot name an actor: use letters, digits and "-"`)
    if (this.graphs.has(name))
      throw new Error(`The object has an actor "${name}" already: declare it once, as a field of the class`)
    checkProps(props, `The second argument of this.actor("${name}", …)`)
    const path = `/${name}`
    const { home, graphs, kv } = this.object
    const owner = new RunOwner(home, "")
    let current: ActorStage<M> | undefined
    const rows = new ActorRows(kv, path, { log: home.host.log, stage: () => current })
    const { ref, makeStage, withTimers } = props.inObject(owner, path, {
      storage: rows,
      strategy: supervisorStrategy,
      stored: () => actorOf(graph.stored) ?? {},
    })
    const make = () => {
      current = makeStage()
      return current
    }
    const graph: SharedGraph = graphs.make(`sluice:actor:${name}`, [sinkStep("actor", "keeps", make)], {
      name: path,
      title: `the actor ${path}`,
      owner,
      version,
      rows,
      onEnd: (failure) => {
        if (failure) home.host.log({ level: "error", event: "actor failed", actor: path, cause: failure.error })
      },
      retained: () => current?.attempts?.map(snapshotOf),
      migrate: (snapshot) => {
        if (!migrate) return undefined
        const migrated = migrate(withTimers(actorOf(snapshot) ?? {}))
        // The timers are in the migrated snapshot.
        rows.isStale = migrated !== undefined
        return migrated && snapshotOf(migrated)
      },
      onUnstorable: (error, stored) => current?.failUnstorable(error, actorOf(stored)),
    })
    this.graphs.set(name, graph)
    this.rows.set(name, rows)
    return ref
  }

  /** Sends a message from another object. Throws an `Error` if there is no such actor. */
  tell(name: string, message: unknown): void {
    const { system, ref } = this.found(name)
    ref.tell(system.decode(message))
  }

  /** Sends a question from another object. Throws an `Error` if there is no such actor. */
  ask(name: string, message: unknown, timeout: Duration): Promise<unknown> {
    const { system, ref } = this.found(name)
    return ref.ask(system.decode(message), timeout)
  }

  /** Whether an actor cannot be restored from its row: not by this release, or not before its next message. */
  isRefused(path: string): boolean {
    const { isRefused, isSuspended } = this.graphOf(path) ?? {}
    return isRefused === true || isSuspended === true
  }

  /** Starts or restores the actor that a path belongs to. */
  wake(path: string): void {
    if (!this.isClosed) this.graphOf(path)?.ensureRunning()
  }

  /** Restores all actors that have a row, because they may have timers and watches. */
  resume(): void {
    for (const graph of this.graphs.values()) graph.resume()
  }

  /** The same, unless the object is being destroyed. */
  restore(): void {
    if (!this.isClosed) this.resume()
  }

  /** Reads the timers of running actors, before storage is emptied. */
  readTimers(): void {
    for (const rows of this.rows.values()) rows.stage?.readTimers()
  }

  /** Writes the rows of running actors again. */
  rewrite(): void {
    for (const rows of this.rows.values()) rows.stage?.rewriteTimers()
    for (const graph of this.graphs.values()) graph.rewrite()
    this.object.home.system?.rewriteWatches()
  }

  /** Stops every actor. None starts before `discard`. */
  stopAll(): void {
    this.resume()
    this.isClosed = true
    for (const [name, graph] of this.graphs) {
      if (graph.isRunning) this.object.home.system?.stop(`/${name}`)
    }
  }

  /** Resets all actors, because storage has been emptied. */
  discard(): void {
    this.isClosed = false
    for (const graph of this.graphs.values()) graph.discard()
  }

  private found(name: string): { system: ActorSystem; ref: ActorRef<unknown> } {
    const { system } = this.object.home
    if (!system || !this.graphs.has(name)) throw new Error(`${this.object.className} has no actor "${name}"`)
    return { system, ref: system.ref(`/${name}`) }
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

/** Throws a `TypeError` for anything but `Props`, whose class is not imported here. */
function checkProps(props: unknown, where: string): void {
  if (typeof props === "object" && props !== null && "inObject" in props) return
  throw new TypeError(`${where} must be Props, not ${describeValue(props)}: write Props.of(Counter, out)`)
}
