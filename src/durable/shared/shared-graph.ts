import { ClockHost } from "../../stream/clock-host.ts"
import { assertDurable, fingerprint } from "../../stream/engine/fingerprint.ts"
import { Run, type Snapshot } from "../../stream/engine/run.ts"
import { type Chain, Wiring } from "../../stream/engine/wiring.ts"
import { RestoreError } from "../../stream/errors.ts"
import { unstorableError } from "../../stream/storable.ts"
import { BegunRun } from "./channel.ts"
import { isDeepEqual } from "./deep-equal.ts"
import { decodeGraph, encodeGraph, type StoredGraph } from "./graph-row.ts"
import { GraphScope } from "./graph-scope.ts"
import type { Failure, GraphHost, GraphSettings } from "./graph-settings.ts"

interface Running {
  run: Run
  host: ClockHost
  wiring: Wiring
  scope: GraphScope
}

/** How long a graph without messages waits after a failure at which storage refused its row, in milliseconds. */
const suspension = 60_000

/** A graph that lives as long as its object, and runs while it is needed. */
export class SharedGraph {
  private running: Running | undefined
  /** Whether this release cannot restore the row. The row stays as it is, and the graph does not run. */
  isRefused = false
  /**
   * Whether storage refused the state that the graph was to start again from. Its row has timers that have fired already, so starting
   * again at once would fire them without end.
   */
  isSuspended = false
  /** The stored snapshot, without the parts that follow from the clock. */
  stored: Snapshot = []
  /** Whether it has run in this instance of the object. */
  private hasStarted = false
  /** Whether it was running before the object hibernated. */
  private isContinued = false

  /** Throws a `PinnedFlowError` for a graph that cannot hibernate. */
  constructor(
    private readonly chain: Chain,
    private readonly settings: GraphSettings,
    private readonly object: GraphHost,
  ) {
    assertDurable(this.wire().steps, settings.title)
  }

  get isRunning(): boolean {
    return this.running !== undefined
  }

  /**
   * Starts or restores the graph. If it runs already, it reevaluates its dependencies.
   *
   * @param wasRunning whether it was running before the object hibernated, although it has no row, because it had no state
   */
  ensureRunning(wasRunning = () => false): void {
    if (this.running) this.running.host.event(() => {})
    else if (!this.isRefused) this.start(wasRunning)
  }

  /** Restores the graph if it has a row. */
  resume(): void {
    if (!this.running && !this.isRefused && !this.isSuspended && this.object.row.read() !== undefined) this.start()
  }

  /** Saves the graph and stops it, because it is not needed. It has no timer then. */
  stop(): void {
    this.running?.run.stop()
    if (this.object.dirty.delete(this)) this.save()
    this.endRun()
  }

  /** The state of the sink: the current one, or the stored one while the graph does not run. */
  get sinkState(): unknown {
    if (this.running) return this.running.run.stages.at(-1)?.save()
    const { snapshot = [] } = decodeGraph(this.object.row.read()) ?? {}
    const last = this.wire().stages.length - 1
    for (const [position, _closed, _due, state] of snapshot) if (position === last) return state
    return undefined
  }

  /** Stops without saving, because storage has been emptied. */
  discard(): void {
    this.endRun()
    this.isRefused = false
    this.stored = []
  }

  /** Writes the row again, because storage may have lost it. */
  rewrite(): void {
    this.isRefused = false
    if (!this.running) return
    this.stored = []
    this.markDirty()
  }

  /** Writes the row if the snapshot has changed. A graph without state has no row. */
  save(): void {
    if (!this.running) return
    const { run, wiring } = this.running
    try {
      const snapshot = run.save()
      const persistent = run.persistentPart(snapshot)
      if (isDeepEqual(persistent, this.stored)) return
      const copy = structuredClone(persistent)
      this.object.row.write(this.rowOf(wiring, snapshot))
      this.stored = copy
    } catch (error) {
      this.fail(unstorableError(run, this.settings.title) ?? error)
    }
  }

  /** Drops everything that the graph has sent in this event, because that depends on a state that cannot be stored, and ends the graph. */
  private fail(error: unknown): void {
    const { onUnstorable, sender } = this.settings
    if (onUnstorable) {
      onUnstorable(error, this.stored)
      return
    }
    if (sender) this.object.outbound.discard(sender)
    this.end({ error })
  }

  /** An error of an author's function during the start ends the graph, not the event. */
  private start(wasRunning = () => false): void {
    this.isSuspended = false
    try {
      const stored = this.object.row.read()
      this.isContinued = !this.hasStarted && wasRunning()
      if (stored !== undefined) this.restore(stored)
      else this.startFrom(this.isContinued ? [] : undefined)
    } catch (error) {
      this.end({ error })
    }
  }

  /** Migrates a snapshot if its fingerprint is another one, or if it cannot be restored. */
  private restore(stored: unknown): void {
    const { version, migrate } = this.settings
    const { fingerprint: storedFingerprint, snapshot } = decodeGraph(stored) ?? {}
    let cause: unknown = new RestoreError("It was stored by another version, or by another release of Sluice")
    let isUnreadable = !snapshot
    try {
      if (snapshot && storedFingerprint === fingerprint(this.wire().steps, version)) {
        this.startFrom(snapshot)
        return
      }
    } catch (error) {
      this.endRun()
      cause = error
      isUnreadable = true
    }
    if (!migrate) {
      if (isUnreadable) this.report("unreadable, starts anew", cause)
      this.startFrom(undefined)
      return
    }
    try {
      const migrated = snapshot && migrate(snapshot)
      if (!migrated) throw cause
      this.startFrom(migrated)
      this.markDirty()
    } catch (error) {
      this.endRun()
      this.isRefused = true
      this.report("cannot be restored", error)
    }
  }

  private startFrom(snapshot: Snapshot | undefined): void {
    this.hasStarted = true
    const wiring = this.wire()
    const { clock, log } = this.object
    const scope = new GraphScope(this.object.scope)
    const owner = this.settings.owner ?? (this.isContinued ? undefined : new BegunRun())
    const host = new ClockHost(clock, { scope, onDirty: () => this.markDirty(), owner, log })
    const run = new Run(wiring.stages, host)
    host.run = run
    this.running = { run, host, wiring, scope }
    // Stages and actors may change in place the snapshot that they are restored from, so this is a copy.
    this.stored = structuredClone(run.persistentPart(snapshot ?? []))
    host.event(() => run.start(snapshot))
  }

  private rowOf(wiring: Wiring, snapshot: Snapshot): StoredGraph {
    return encodeGraph(fingerprint(wiring.steps, this.settings.version), snapshot)
  }

  private report(event: string, cause: unknown): void {
    this.object.log({ level: "error", event, name: this.settings.name, cause })
  }

  private markDirty(): void {
    this.object.dirty.add(this)
  }

  /** Ends the graph. It starts from the beginning when it is needed again, unless a snapshot is retained. */
  private end(failure?: Failure): void {
    const { wiring } = this.running ?? {}
    this.endRun()
    const retained = this.settings.retained?.()
    const { row } = this.object
    if (!retained && this.stored.length > 0) this.tries(() => row.delete())
    if (wiring && retained && !retained.some((one) => this.tries(() => row.write(this.rowOf(wiring, one)))))
      this.suspend()
    this.stored = []
    this.settings.onEnd(failure)
  }

  private suspend(): void {
    const { clock } = this.object
    this.isSuspended = true
    clock.at(clock.now() + suspension, () => {
      this.isSuspended = false
      this.resume()
    })
  }

  /** Returns whether storage takes a change of the row. */
  private tries(change: () => void): boolean {
    try {
      change()
      return true
    } catch (error) {
      this.report("cannot be stored", error)
      return false
    }
  }

  /** Ends the run: it gets no timers, events or elements after this. */
  private endRun(): void {
    if (!this.running) return
    const { run, host, scope } = this.running
    run.stop()
    this.running = undefined
    this.object.dirty.delete(this)
    host.wake(Infinity)
    scope.isStopped = true
    this.object.topics.removeSubscriber(host.owner)
  }

  private wire(): Wiring {
    const wiring = new Wiring()
    wiring.closedChain(this.chain, undefined, { resolve: () => this.end(), reject: (error) => this.end({ error }) })
    return wiring
  }
}
