import { log } from "../stream/logger.ts"
import type { Run } from "../stream/run.ts"
import { ActorCell } from "./actor-cell.ts"
import type { ActorScope, ActorSystem } from "./actor-system.ts"
import { pack, unpack } from "./packing.ts"
import { type MailboxSettings, Props } from "./props.ts"
import { type Directive, RestartCounter, type SupervisorStrategy } from "./supervision.ts"
import type { SavedTimer } from "./timers.ts"
import type { Watch } from "./watches.ts"

/** What is kept of an actor and of its children. */
export interface SavedActor {
  /** Where it was found, where that does not follow from the blueprint. */
  path?: string
  state?: unknown
  timers?: SavedTimer[]
  restarts?: readonly [count: number, since: number]
  children?: SavedChild[]
  numbered?: number
  /** Whom it watches of those that are kept together with it. */
  watching?: readonly Watch[]
}
type SavedChild = [name: string, kind: string, args: unknown, mailbox: MailboxSettings, actor: SavedActor]

export interface Failed {
  error: unknown
}

/** What a tree of actors needs from what it lives in: a stage, with its run. */
export interface TreeHost {
  readonly run: Run
  treeChanged(): void
  /** When a timer of an actor is due next. */
  treeWakesAt(due: number): void
  /** The root has stopped, because it failed or because it was to. */
  treeEnded(failure?: Failed): void
}

/** An actor and its children, and their children: what lives together, sleeps together and is kept together. */
export class ActorTree {
  readonly root: ActorCell
  private isRestoring = false

  constructor(
    props: Props<unknown>,
    path: string,
    readonly scope: ActorScope,
    /** What becomes of the root when it throws. */
    readonly strategy: SupervisorStrategy,
    private readonly host: TreeHost,
  ) {
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

  /** Lets every timer ring that is due: the longest due first. */
  ring(): void {
    const now = this.now()
    for (let due = this.due; due <= now; due = this.due) {
      family(this.root)
        .find(({ timers }) => timers.due === due)
        ?.timers.ring(now)
    }
  }

  ended(cell: ActorCell, failure: Failed | undefined): void {
    if (cell === this.root) this.host.treeEnded(failure)
    else if (failure) this.report(cell.ref.path, "stop", failure.error)
  }

  report(path: string, directive: Directive, error: unknown): void {
    log({ level: "error", event: `actor failed: ${directive}`, endpoint: path, cause: error })
  }

  save(): SavedActor {
    return this.saved(this.root)
  }

  /** What cannot be made again as it was is not there at all; whoever watches it is told. */
  restore(saved: SavedActor): void {
    this.isRestoring = true
    try {
      this.revive(this.root, saved)
    } catch (error) {
      for (const cell of family(this.root)) this.system.remove(cell)
      throw error
    } finally {
      this.isRestoring = false
    }
  }

  private saved({ ref, actor, isStateful, timers, restarts, children, numbered }: ActorCell): SavedActor {
    const savedTimers = timers.save()
    const counted = restarts.save()
    const savedChildren = [...children.values()].map((child): SavedChild => {
      const { name, parent, props } = child
      return [name, parent?.kindOf(props) ?? "", pack(props.args), props.mailbox, this.saved(child)]
    })
    const watching = this.system.watchesWithin(this.scope, ref.path)
    return {
      ...(isStateful && { state: pack(actor?.state) }),
      ...(savedTimers.length > 0 && { timers: pack(savedTimers) as SavedTimer[] }),
      ...(counted && { restarts: counted }),
      ...(savedChildren.length > 0 && { children: savedChildren }),
      ...(numbered > 0 && { numbered }),
      ...(watching.length > 0 && { watching }),
    }
  }

  private revive(
    cell: ActorCell,
    { timers, restarts, children = [], numbered = 0, watching = [], ...kept }: SavedActor,
  ): void {
    const refTo = (path: string) => cell.refTo(path)
    const actor = cell.make()
    if ("state" in kept) actor.state = unpack(kept.state, refTo)
    cell.isStateful ||= "state" in kept
    const { run } = this.host
    if (timers) cell.timers.restore(unpack(timers, refTo) as SavedTimer[], Math.min(run.now(), run.deliveredUntil))
    cell.restarts = new RestartCounter(restarts)
    cell.numbered = numbered
    this.system.restore(watching)
    for (const [name, kind, args, mailbox, child] of children) {
      const type = actor.kinds[kind]
      if (!type) throw new Error(`The actor ${cell.ref.path} has no kind "${kind}" of children any more`)
      const props = Props.of(type, ...(unpack(args, refTo) as never[])).withMailbox(mailbox)
      this.revive(cell.adopt(props as Props<unknown>, name), child)
    }
  }
}

/** An actor and all below it, in the order in which they came. */
function family(cell: ActorCell): ActorCell[] {
  return [cell, ...[...cell.children.values()].flatMap(family)]
}
