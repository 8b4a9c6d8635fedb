import type { RunContext, Stage } from "../stream/engine/stage.ts"
import { type ActorHost, standaloneHost } from "./actor-host.ts"
import { ActorSystem } from "./actor-system.ts"
import type { Watch } from "./death-watch.ts"
import { connectionOf, type Receiver, type Scope } from "./letter.ts"

/** The place for the actor system of an object, which the first actor opens. */
export interface ActorHome {
  readonly host: ActorHost
  readonly system: ActorSystem | undefined
  /** Called once. Returns the system. */
  open(system: ActorSystem): ActorSystem
}

/** The owner of a run in an object. */
export interface ActorOwner {
  readonly actorHome: ActorHome
  /** The beginning of the paths of its actors. */
  readonly actorPath: string
  /** Assigned by the first actor. */
  actorScope: ActorScope | undefined
}

const noMembers: ReadonlySet<Receiver> = new Set()
const scopes = new WeakMap<object, ActorScope>()

/** The receivers of a connection or of an object. */
export class ActorScope implements Scope {
  /** Most connections have no receiver. */
  private receivers: Set<Receiver> | undefined

  constructor(
    readonly system: ActorSystem,
    readonly path: string,
  ) {}

  /** The scope of a run. In a plain Worker each connection has a system of its own. */
  static of(run: RunContext): ActorScope {
    const { owner } = run
    if (isActorOwner(owner)) return ActorScope.ofOwner(owner)
    const known = scopes.get(owner)
    if (known) return known
    // `run.event` throws for an event from another request, which keeps that request's messages out.
    const scope = new ActorScope(
      new ActorSystem({ ...standaloneHost, log: run.log, beforeTell: () => run.event(() => {}) }),
      "",
    )
    scopes.set(owner, scope)
    return scope
  }

  /** The scope of an owner in an object. The first one opens the object's system. */
  static ofOwner(owner: ActorOwner): ActorScope {
    const { actorHome: home, actorPath } = owner
    owner.actorScope ??= new ActorScope(home.system ?? home.open(new ActorSystem(home.host)), actorPath)
    return owner.actorScope
  }

  get members(): ReadonlySet<Receiver> {
    return this.receivers ?? noMembers
  }

  add(member: Receiver): void {
    this.receivers ??= new Set()
    this.receivers.add(member)
  }

  remove(member: Receiver): void {
    this.receivers?.delete(member)
  }

  /** The watches across the border of a connection, which are saved with the connection. */
  get crossWatches(): readonly Watch[] {
    return this.system.watchesAcross(this)
  }

  has(path: string): boolean {
    return connectionOf(path) === this.path
  }

  /** The path of a stage: its position, which is the same after hibernation, or a random name for a stage of a nested run. */
  pathOf(stage: Stage): string {
    return `${this.path}/${stage.run.positionOf(stage) ?? crypto.randomUUID()}`
  }
}

/** Whether the path of a stage is random, so that it is part of the saved state. */
export function hasRandomPath(stage: Stage): boolean {
  return stage.run.positionOf(stage) === undefined
}

function isActorOwner(owner: object): owner is ActorOwner {
  return "actorHome" in owner
}
