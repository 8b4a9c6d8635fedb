import type { RunContext, Stage } from "../stream/engine/stage.ts"
import { ActorSystem, standaloneHost } from "./actor-system.ts"
import { connectionOf, type Receiver, type Scope } from "./letter.ts"

const noMembers: ReadonlySet<Receiver> = new Set()
const scopes = new WeakMap<object, ActorScope>()

/** The receivers of a connection or of an object. A target with actors makes it the owner of its runs. */
export class ActorScope implements Scope {
  /** Most connections have no receiver. */
  private receivers: Set<Receiver> | undefined

  constructor(
    readonly system: ActorSystem,
    readonly path: string,
  ) {}

  /** The scope of a run. In a plain Worker each connection has a system of its own. */
  static of(run: RunContext): ActorScope {
    const { owner: origin } = run
    if (origin instanceof ActorScope) return origin
    const known = scopes.get(origin)
    if (known) return known
    // `run.event` throws for an event from another request, which keeps that request's messages out.
    const scope = new ActorScope(new ActorSystem({ ...standaloneHost, beforeTell: () => run.event(() => {}) }), "")
    scopes.set(origin, scope)
    return scope
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

  has(path: string): boolean {
    return connectionOf(path) === this.path
  }

  /** The path of a stage: its position, which is the same after hibernation, or a random name for a stage of a nested run. */
  pathOf(stage: Stage): string {
    return `${this.path}/${stage.run.positionOf(stage) ?? crypto.randomUUID()}`
  }
}
