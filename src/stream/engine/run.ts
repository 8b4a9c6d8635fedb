import { placeOf } from "../checks.ts"
import { RestoreError } from "../errors.ts"
import { withOwnBytes } from "./own-bytes.ts"
import { Stage } from "./stage.ts"

/** What a run needs from the place it runs in: a target, a test, or the stage that holds it. */
export interface Host {
  /** Milliseconds since the epoch. */
  now(): number
  /** What the run is part of: the same for all the runs inside one another. */
  readonly origin: object
  /** It is a stage of another run, where stages come and go. */
  readonly isNested?: boolean
  /** For a nested run: where the stage that holds it stands, in words for errors. */
  readonly within?: string
  /** See `Clock.deliveredUntil`. */
  deliveredUntil(): number
  /** Call `fire` at `due`, which replaces the time asked for before; `Infinity` for never. */
  wake(due: number): void
  /** Something that the next `save` would tell has changed. */
  changed(): void
  /** Runs `handler` as an event of its own and settles the run afterwards. */
  event(handler: () => void): void
}

/**
 * What one stage keeps: its position among the stages of the flow, from 0 on; which of its sides are closed (1 the input, 2
 * the output, 3 both); when its timer is due, in milliseconds since the epoch; and its state, in a form that belongs to the
 * stage. Structured clone keeps it whole.
 */
export type Saved = [position: number, closed: number, due: number | undefined, state: unknown]
/**
 * What is kept of a flow while its object hibernates: one entry for each stage that differs from a fresh one, in the order of
 * the flow. It fits a flow of the same steps, which its fingerprint tells.
 */
export type Snapshot = Saved[]

/**
 * The running stages of one graph, in the order of the blueprint: a stage stands before those that it pushes to. Starts
 * them, saves and restores them, and is their one timer.
 */
export class Run {
  /** Until every stage has begun, demand is told and sides may close, but no element moves. */
  starting = true
  private dirty = false
  private wakeAt = Infinity
  private readonly watchers: Stage[]
  private readonly closedAtFirst: number[]

  constructor(
    readonly stages: readonly Stage[],
    private readonly host: Host,
  ) {
    for (const stage of stages) stage.run = this
    this.closedAtFirst = stages.map(closedSides)
    this.watchers = stages.filter((stage) => stage.onSettled !== Stage.prototype.onSettled)
  }

  /**
   * Starts afresh, or goes on from a snapshot as if nothing had happened. Throws a `RestoreError` for a snapshot that does
   * not fit, before any stage has started.
   */
  start(snapshot?: Snapshot): void {
    if (snapshot) this.check(snapshot)
    this.prepare(snapshot)
    this.advance()
  }

  /** Whether a snapshot fits, sources that were made while the flow ran included. */
  check(snapshot: Snapshot): void {
    for (const [position, , , state] of snapshot) {
      const stage = this.stages[position]
      if (!stage) throw new RestoreError(`The flow has ${this.stages.length} stages, and stage ${position} was saved`)
      if (state !== undefined) orRestoreError(stage, () => stage.checkSaved(state))
    }
  }

  /** The part of `start` in which no element moves: stages start or are restored, tell their demand, and begin. */
  prepare(snapshot?: Snapshot): void {
    if (snapshot) this.restore(snapshot)
    else this.sinksFirst((stage) => stage.onStart())
    this.sinksFirst((stage) => stage.ask())
    this.sinksFirst((stage) => stage.begin())
  }

  /** The rest of `start`: elements move from now on. */
  advance(): void {
    this.starting = false
    this.sinksFirst((stage) => stage.advance())
    this.reschedule()
  }

  /** What `start` needs in order to go on from here; only what differs from a fresh start is in it. */
  save(): Snapshot {
    this.dirty = false
    const snapshot: Snapshot = []
    let position = -1
    for (const stage of this.stages) {
      position++
      stage.unsaved = false
      if (!stage.touched) continue
      const closed = closedSides(stage)
      const due = stage.due === Infinity ? undefined : stage.due
      const state = closed === 3 ? undefined : this.stateOf(stage)
      const isFresh = closed === this.closedAtFirst[position] && due === undefined && state === undefined
      if (!isFresh) snapshot.push([position, closed, due, state])
    }
    return snapshot
  }

  /**
   * What of a snapshot does not follow from the clock, such as whether a stage has a timer at all: as long as that stays
   * the same, an older snapshot does as well, where the clock knows what it has delivered.
   */
  lasting(snapshot: Snapshot): Snapshot {
    return snapshot.map(([position, closed, due, state]) =>
      this.stages[position]?.isTimed
        ? [position, closed, due === undefined ? undefined : 0, this.stages[position]?.lasting(state)]
        : [position, closed, due, state],
    )
  }

  now(): number {
    return this.host.now()
  }

  /** Nothing that was due before this time is still to be delivered. */
  get deliveredUntil(): number {
    return this.host.deliveredUntil()
  }

  get origin(): object {
    return this.host.origin
  }

  get within(): string | undefined {
    return this.host.within
  }

  /** Where a stage stands among the others, if it stands there from the start. */
  positionOf(stage: Stage): number | undefined {
    return this.host.isNested ? undefined : this.stages.indexOf(stage)
  }

  changed(): void {
    if (this.dirty) return
    this.dirty = true
    this.host.changed()
  }

  event(handler: () => void): void {
    this.host.event(handler)
  }

  /** To be called by the host at the end of each event. */
  settle(): void {
    for (const stage of this.watchers) stage.onSettled()
  }

  /** Calls every stage that is due: the longest due first, at equal times in the order of the blueprint. */
  fire(): void {
    const now = this.now()
    this.wakeAt = Infinity
    for (let stage = this.earliest(); stage && stage.due <= now; stage = this.earliest()) stage.timer()
    this.reschedule()
  }

  /** Whether it has stages that depend on what may change outside. */
  get watches(): boolean {
    return this.watchers.length > 0
  }

  /** When a stage is due next; `Infinity` for never. */
  get due(): number {
    return this.earliest()?.due ?? Infinity
  }

  reschedule(): void {
    if (this.starting) return
    const { due } = this
    if (due === this.wakeAt) return
    this.wakeAt = due
    this.host.wake(due)
  }

  /** Here, so that no stage can forget it. What a nested run saves is part of the state of the stage that holds it. */
  private stateOf(stage: Stage): unknown {
    return this.host.isNested ? stage.save() : withOwnBytes(stage.save())
  }

  private sinksFirst(f: (stage: Stage) => void): void {
    for (let position = this.stages.length - 1; position >= 0; position--) f(this.stages[position] as Stage)
  }

  private earliest(): Stage | undefined {
    let earliest: Stage | undefined
    for (const stage of this.stages) if (stage.due < (earliest?.due ?? Infinity)) earliest = stage
    return earliest
  }

  private restore(snapshot: Snapshot): void {
    for (const [position, closed, due, state] of snapshot) {
      // That it is there was checked before.
      const stage = this.stages[position] as Stage
      stage.touched = true
      stage.inClosed = (closed & 1) !== 0
      stage.outClosed = (closed & 2) !== 0
      stage.due = due ?? Infinity
      if (state !== undefined) orRestoreError(stage, () => stage.restore(state))
    }
  }
}

/** What a stage throws about what was saved says that it was not saved by such a stage. */
function orRestoreError(stage: Stage, restore: () => void): void {
  try {
    restore()
  } catch (cause) {
    if (cause instanceof RestoreError) throw cause
    throw new RestoreError(`${placeOf(stage)} cannot be restored from what was saved`, { cause })
  }
}

function closedSides(stage: Stage): number {
  return (stage.inClosed ? 1 : 0) | (stage.outClosed ? 2 : 0)
}
