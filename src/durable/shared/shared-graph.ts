import { ClockHost } from "../../stream/clock-host.ts"
import { assertDurable, fingerprint } from "../../stream/engine/fingerprint.ts"
import { Run, type Snapshot } from "../../stream/engine/run.ts"
import type { Chain } from "../../stream/engine/wiring.ts"
import { Wiring } from "../../stream/engine/wiring.ts"
import { RestoreError } from "../../stream/errors.ts"
import { log } from "../../stream/logger.ts"
import { unstorableError } from "../../stream/storable.ts"
import { isReadable, layout } from "../layout.ts"
import { isDeepEqual } from "./deep-equal.ts"
import { GraphScope } from "./graph-scope.ts"
import type { Failure, GraphSettings, StoredGraph } from "./graph-settings.ts"

interface Running {
  run: Run
  host: ClockHost
  wiring: Wiring
  scope: GraphScope
}

/** A graph that lives as long as its object, and runs while it is needed. */
export class SharedGraph {
  private running: Running | undefined
  private isDirty = false
  /** What is stored cannot be restored by this release. It stays as it is, and the graph does not run. */
  isRefused = false
  /** What was stored last, but for what follows from the clock. */
  private stored: Snapshot = []

  /** A `PinnedFlowError` for a graph that cannot hibernate. */
  constructor(
    private readonly chain: Chain,
    private readonly settings: GraphSettings,
  ) {
    assertDurable(this.wire().steps, settings.title)
  }

  get isRunning(): boolean {
    return this.running !== undefined
  }

  /** Runs from now on; if it runs already, what it depends on may have changed. */
  ensureRunning(): void {
    if (this.running) this.running.host.event(() => {})
    else if (!this.isRefused) this.start()
  }

  /** Runs from now on, if it ran before. */
  resume(): void {
    if (!this.running && !this.isRefused && this.settings.row.read() !== undefined) this.start()
  }

  /** Is not needed: keeps what it has, without a timer. */
  stop(): void {
    this.save()
    this.leave()
  }

  /** The state of the sink: as it is now, or as it is stored while the graph does not run. */
  get sinkState(): unknown {
    if (this.running) return this.running.run.stages.at(-1)?.save()
    const stored = this.settings.row.read()
    const [, , snapshot = []] = isReadable(stored) ? (stored as StoredGraph) : []
    const last = this.wire().stages.length - 1
    return snapshot.find(([position]) => position === last)?.[3]
  }

  /** Stops and keeps nothing. */
  discard(): void {
    this.leave()
    this.isRefused = false
    this.stored = []
  }

  /** What is stored may not be what was written: writes it anew. */
  rewrite(): void {
    this.isRefused = false
    if (!this.running) return
    this.stored = []
    this.markDirty()
  }

  /** Writes what has changed. A graph whose stages keep nothing has no row. */
  save(): void {
    if (!this.running || !this.isDirty) return
    this.isDirty = false
    const { run, wiring } = this.running
    try {
      const snapshot = run.save()
      const lasting = run.persistentPart(snapshot)
      if (isDeepEqual(lasting, this.stored)) return
      const copy = structuredClone(lasting)
      this.settings.row.write(this.rowOf(wiring, snapshot))
      this.stored = copy
    } catch (error) {
      this.fail(unstorableError(run, this.settings.title) ?? error)
    }
  }

  /** Nothing that depends on a state that cannot be stored leaves the object. */
  private fail(error: unknown): void {
    const { onUnstorable, sender, discard } = this.settings
    if (onUnstorable) {
      onUnstorable(error, this.stored)
      return
    }
    if (sender) discard(sender)
    this.end({ error })
  }

  /** What an author's function throws as the graph starts is the end of the graph, not of the event. */
  private start(): void {
    try {
      const stored = this.settings.row.read()
      if (stored === undefined) this.startFrom(undefined)
      else this.restore(stored)
    } catch (error) {
      this.end({ error })
    }
  }

  /** A snapshot of another fingerprint, and one that cannot be restored, goes through `migrate`. */
  private restore(stored: unknown): void {
    const { version, migrate } = this.settings
    const [, shape, snapshot] = isReadable(stored) ? (stored as StoredGraph) : []
    let cause: unknown = new RestoreError("It was stored by another version, or by another release of Sluice")
    let isUnreadable = !snapshot
    try {
      if (snapshot && shape === fingerprint(this.wire().steps, version)) {
        this.startFrom(snapshot)
        return
      }
    } catch (error) {
      this.leave()
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
      this.leave()
      this.isRefused = true
      this.report("cannot be restored", error)
    }
  }

  private startFrom(snapshot: Snapshot | undefined): void {
    const wiring = this.wire()
    const { clock, owner } = this.settings
    const scope = new GraphScope(this.settings.scope)
    const host = new ClockHost(clock, { scope, onDirty: () => this.markDirty(), owner: owner })
    const run = new Run(wiring.stages, host)
    host.run = run
    this.running = { run, host, wiring, scope }
    // A copy, since stages and actors may change in place what they are restored from.
    this.stored = structuredClone(run.persistentPart(snapshot ?? []))
    host.event(() => run.start(snapshot))
  }

  private rowOf(wiring: Wiring, snapshot: Snapshot): StoredGraph {
    return [layout, fingerprint(wiring.steps, this.settings.version), snapshot]
  }

  private report(event: string, cause: unknown): void {
    log({ level: "error", event, name: this.settings.name, cause })
  }

  private markDirty(): void {
    if (this.isDirty) return
    this.isDirty = true
    this.settings.onDirty(this)
  }

  /** A graph that has ended starts from the beginning when it is needed again, unless something of it is kept. */
  private end(failure?: Failure): void {
    const { wiring } = this.running ?? {}
    this.leave()
    const kept = this.settings.kept?.()
    try {
      if (wiring && typeof kept === "object") this.settings.row.write(this.rowOf(wiring, kept))
      else if (!kept && this.stored.length > 0) this.settings.row.delete()
    } catch (error) {
      // The row stays what it was.
      this.report("cannot be stored", error)
    }
    this.stored = []
    this.settings.onEnd(failure)
  }

  /** The run is over, and takes no part in what happens later. */
  private leave(): void {
    if (!this.running) return
    const { host, scope } = this.running
    this.running = undefined
    this.isDirty = false
    host.wake(Infinity)
    scope.isStopped = true
    this.settings.onStop(host.owner)
  }

  private wire(): Wiring {
    const wiring = new Wiring()
    wiring.closedChain(this.chain, undefined, { resolve: () => this.end(), reject: (error) => this.end({ error }) })
    return wiring
  }
}
