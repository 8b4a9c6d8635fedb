import type { Chain, Description } from "../stream/blueprint.ts"
import { type Clock, ClockHost } from "../stream/clock.ts"
import { Wiring } from "../stream/compile.ts"
import { assertDurable, fingerprint } from "../stream/fingerprint.ts"
import { Run, type Snapshot } from "../stream/run.ts"
import { SinkStage } from "../stream/stages/sink.ts"
import { isSame } from "./same.ts"

/** Where a graph keeps what it has to keep. */
export interface GraphStore {
  read(): unknown
  write(saved: SavedGraph): void
  clear(): void
}
export interface Failure {
  error: unknown
}
export type SavedGraph = [fingerprint: string, snapshot: Snapshot]

/** A graph that lives as long as its object, and runs while it is needed. */
export class SharedGraph {
  private running: { run: Run; host: ClockHost; steps: readonly Description[] } | undefined
  private changed = false
  /** What was written last, but for what follows from the clock. */
  private kept: Snapshot = []

  /** A `PinnedFlowError` for a graph that cannot hibernate. */
  constructor(
    private readonly chain: Chain,
    private readonly clock: Clock,
    private readonly store: GraphStore,
    /** An event of the graph is over. */
    private readonly onSettled: () => void,
    /** The graph has ended, with an error if it has failed. */
    private readonly onEnd: (failure?: Failure) => void,
    /** What its stages know it by. */
    private readonly origin?: object,
  ) {
    assertDurable(this.wire().steps)
  }

  /** Runs from now on, going on from what was kept; if it runs already, what it depends on may have changed. */
  touch(): void {
    if (this.running) this.running.host.event(() => {})
    else this.start()
  }

  /** Runs from now on, if it ran before. */
  resume(): void {
    if (!this.running && this.store.read() !== undefined) this.start()
  }

  private start(): void {
    const { stages, steps } = this.wire()
    const changed = () => {
      this.changed = true
    }
    const host = new ClockHost(this.clock, { settled: this.onSettled, changed, origin: this.origin })
    const run = new Run(stages, host)
    host.run = run
    this.running = { run, host, steps }
    const [shape, saved = []] = (this.store.read() ?? []) as Partial<SavedGraph>
    this.kept = run.lasting(saved)
    host.event(() => run.start(shape === fingerprint(steps) ? saved : undefined))
  }

  /** Nobody needs it: keeps what it has, and its timer goes. */
  stop(): void {
    this.save()
    this.running?.host.wake(Infinity)
    this.running = undefined
  }

  /** Writes what is new; a graph whose stages have nothing to keep writes nothing. */
  save(): void {
    if (!this.running || !this.changed) return
    this.changed = false
    const { run, steps } = this.running
    const snapshot = run.save()
    const lasting = run.lasting(snapshot)
    if (isSame(lasting, this.kept)) return
    this.store.write([fingerprint(steps), snapshot])
    this.kept = structuredClone(lasting)
  }

  /** Nothing is kept of a graph that has ended: whoever needs it next gets it from the beginning. */
  private end(failure?: Failure): void {
    this.running?.host.wake(Infinity)
    this.running = undefined
    if (this.kept.length > 0) this.store.clear()
    this.kept = []
    this.onEnd(failure)
  }

  private wire(): Wiring {
    const wiring = new Wiring()
    const sink = wiring.chain(this.chain, undefined)
    if (sink instanceof SinkStage) {
      sink.outcome = { resolve: () => this.end(), reject: (error) => this.end({ error }) }
    }
    return wiring
  }
}
