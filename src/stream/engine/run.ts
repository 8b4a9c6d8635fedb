import { RestoreError } from "../errors.ts"
import { type Logger, log } from "../logger.ts"
import type { Host } from "./host.ts"
import { withOwnBytes } from "./own-bytes.ts"
import { placeOf, type RunContext, Stage } from "./stage.ts"

/**
 * The saved form of one stage: its position among the stages of the flow, from 0; its closed sides (1 the input, 2 the
 * output, 3 both); its due time in milliseconds since the epoch; and its state, in a form that belongs to the stage.
 * Structured clone copies all of it.
 */
export type Saved = [position: number, closed: number, due: number | undefined, state: unknown]
/**
 * The saved form of a flow while its object hibernates: one entry for each stage that differs from a fresh one, in the
 * order of the flow. It fits only a flow with the same fingerprint.
 */
export type Snapshot = Saved[]

/**
 * The running stages of one graph, in the order of the blueprint: a stage stands before those that it pushes to. Starts,
 * saves and restores them, and has one timer for all of them.
 */
export class Run implements RunContext {
  starting = true
  private isDirty = false
  private wakeAt = Infinity
  private readonly settling: Stage[]
  private readonly closedAtFirst: number[]

  constructor(
    readonly stages: readonly Stage[],
    private readonly host: Host,
  ) {
    for (const stage of stages) stage.run = this
    this.closedAtFirst = stages.map(closedSides)
    this.settling = stages.filter((stage) => stage.onSettled !== Stage.prototype.onSettled)
  }

  /**
   * Starts afresh, or continues from a snapshot. Throws a `RestoreError` for a snapshot that does not fit, before any
   * stage has started.
   */
  start(snapshot?: Snapshot): void {
    if (snapshot) this.check(snapshot)
    this.prepare(snapshot)
    this.advance()
  }

  /** Throws a `RestoreError` for a snapshot that does not fit, including those of sub-sources. */
  check(snapshot: Snapshot): void {
    for (const [position, , , state] of snapshot) {
      const stage = this.stages[position]
      if (!stage) throw new RestoreError(`The flow has ${this.stages.length} stages, and stage ${position} was saved`)
      if (state !== undefined) orRestoreError(stage, () => stage.checkSaved(state))
    }
  }

  /** The part of `start` in which no element moves: stages start or are restored, signal their demand, and begin. */
  prepare(snapshot?: Snapshot): void {
    if (snapshot) this.restore(snapshot)
    else this.sinksFirst((stage) => stage.onStart())
    this.sinksFirst((stage) => stage.ask())
    this.sinksFirst((stage) => stage.begin())
  }

  /** The rest of `start`: from here on elements move. */
  advance(): void {
    this.starting = false
    this.sinksFirst((stage) => stage.advance())
    this.reschedule()
  }

  /** The snapshot from which `start` continues; only stages that differ from fresh ones are in it. */
  save(): Snapshot {
    this.isDirty = false
    const snapshot: Snapshot = []
    let position = -1
    for (const stage of this.stages) {
      position++
      if (stage.changes === "none") continue
      stage.changes = "saved"
      const closed = closedSides(stage)
      const due = stage.due === Infinity ? undefined : stage.due
      const state = closed === 3 ? stage.saveClosed() : this.stateOf(stage)
      const isInitial = closed === this.closedAtFirst[position] && due === undefined && state === undefined
      if (!isInitial) snapshot.push([position, closed, due, state])
    }
    return snapshot
  }

  /**
   * The part of a snapshot that does not follow from the clock, such as whether a stage has a timer at all. While it stays
   * the same, an older snapshot restores the same run, given a clock with `deliveredUntil`.
   */
  persistentPart(snapshot: Snapshot): Snapshot {
    return snapshot.map(([position, closed, due, state]) =>
      this.stages[position]?.isClockDerived
        ? [position, closed, due === undefined ? undefined : 0, this.stages[position]?.persistentPart(state)]
        : [position, closed, due, state],
    )
  }

  now(): number {
    return this.host.now()
  }

  get deliveredUntil(): number {
    return this.host.deliveredUntil()
  }

  get owner(): object {
    return this.host.owner
  }

  get within(): string | undefined {
    return this.host.within
  }

  get isAbandoned(): boolean {
    return this.host.isAbandoned ?? false
  }

  get log(): Logger {
    return this.host.log ?? log
  }

  onWorkRestarted(): void {
    this.host.onWorkRestarted?.()
  }

  keepAwake(): (() => void) | undefined {
    return this.host.keepAwake?.()
  }

  /** Detaches the run without ending it. It continues from the state that is saved after this. */
  stop(): void {
    for (const stage of this.stages) stage.onStop()
  }

  positionOf(stage: Stage): number | undefined {
    return this.host.isNested ? undefined : this.stages.indexOf(stage)
  }

  markDirty(): void {
    if (this.isDirty) return
    this.isDirty = true
    this.host.markDirty()
  }

  event(handler: () => void): void {
    this.host.event(handler)
  }

  whenSaved(effect: () => void): void {
    this.host.whenSaved(effect)
  }

  /** Called by the host at the end of each event. */
  settle(): void {
    for (const stage of this.settling) stage.onSettled()
  }

  /** Calls every stage that is due, the earliest due time first; equal times in the order of the blueprint. */
  fire(): void {
    const now = this.now()
    this.wakeAt = Infinity
    for (let stage = this.earliest(); stage && stage.due <= now; stage = this.earliest()) stage.fireTimer()
    this.reschedule()
  }

  /** Whether a stage re-evaluates something at the end of each event, such as the condition of a tick. */
  get dependsOnOutside(): boolean {
    return this.settling.some((stage) => stage.dependsOnOutside)
  }

  /** The earliest due time of a stage; `Infinity` for none. */
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

  /** Copies partial views of buffers here, so that no stage has to. The outer run copies those of a nested run. */
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
      // `check` has made sure that it exists.
      const stage = this.stages[position] as Stage
      stage.changes = "saved"
      stage.inClosed = (closed & 1) !== 0
      stage.outClosed = (closed & 2) !== 0
      stage.due = due ?? Infinity
      if (state !== undefined) orRestoreError(stage, () => stage.restore(state))
    }
  }
}

/** Any error from restoring means that the state was saved by another stage, so it becomes a `RestoreError`. */
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
