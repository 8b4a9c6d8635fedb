import { aSink } from "../../src/stream/checks.ts"
import { ClockHost } from "../../src/stream/clock-host.ts"
import { Run, type Snapshot } from "../../src/stream/engine/run.ts"
import { Stage } from "../../src/stream/engine/stage.ts"
import type { Chain } from "../../src/stream/engine/wiring.ts"
import { Wiring } from "../../src/stream/engine/wiring.ts"
import type { Flow } from "../../src/stream/flow.ts"
import type { Sink } from "../../src/stream/sink.ts"
import type { Source } from "../../src/stream/source.ts"
import { ManualClock } from "./manual-clock.ts"

/** How a stream ended, as a probe saw it. */
export type End = "completed" | { failed: unknown }

/**
 * Runs a flow between two ends moved by hand: `send`, `complete` and `fail` above it, `request` and `cancel` below it.
 * `hibernate` saves it, throws the running flow away and goes on with a new one, made by the same function.
 */
export class Probe<In, Out, Result = unknown> {
  /** What came out. */
  readonly received: Out[] = []
  /** How the output ended. */
  ended: End | undefined
  /** Whether the input was cancelled; with the cause where there was one. */
  cancelled: true | { cause: unknown } | undefined
  /** What a sink ended with. */
  result: { value: Result } | { error: unknown } | undefined
  /** How often what is to be saved has changed since it was last saved: 0 or 1. */
  changes = 0
  requested = 0
  /** How many elements moved before every stage had begun: always 0. Counted by `guarded` alone, since it takes time. */
  early = 0
  private saved: Snapshot | undefined
  private run!: Run
  private host!: CountingHost
  private input!: ProbeSource<In>
  private output!: ProbeSink<Out>

  private constructor(
    private readonly make: () => { chain: Chain },
    readonly clock: ManualClock,
    private readonly isGuarded = false,
  ) {
    this.start()
  }

  static flow<In, Out>(make: () => Flow<In, Out>, clock = new ManualClock()): Probe<In, Out> {
    return new Probe(make, clock)
  }

  static source<Out>(make: () => Source<Out>, clock = new ManualClock()): Probe<never, Out> {
    return new Probe(make, clock)
  }

  static sink<In, Result>(make: () => Sink<In, Result>, clock = new ManualClock()): Probe<In, never, Result> {
    return new Probe(make, clock)
  }

  /** A flow of which every stage is watched while it starts. */
  static guarded<In, Out>(make: () => Flow<In, Out>): Probe<In, Out> {
    return new Probe(make, new ManualClock(), true)
  }

  /** Whether the flow would take an element. */
  get demand(): boolean {
    return this.input.wanted && !this.input.outClosed
  }

  /** Sends elements; an error where there is no demand for one. */
  send(...elements: In[]): this {
    for (const element of elements) {
      if (!this.demand) throw new Error(`No demand for ${JSON.stringify(element)}`)
      this.host.event(() => this.input.send(element))
    }
    return this
  }

  complete(): this {
    this.host.event(() => this.input.complete())
    return this
  }

  fail(error: unknown): this {
    this.host.event(() => this.input.fail(error))
    return this
  }

  /** Asks for `count` more elements. */
  request(count: number): this {
    this.host.event(() => this.output.request(count))
    return this
  }

  /** Asks for elements without end. */
  unbounded(): this {
    return this.request(Infinity)
  }

  cancel(cause?: unknown): this {
    this.host.event(() => this.output.up.cancel(cause))
    return this
  }

  advance(duration: number): this {
    this.clock.advance(duration)
    return this
  }

  /** What would be saved now. */
  save(): Snapshot {
    this.changes = 0
    this.saved = structuredClone(this.run.save())
    return this.saved
  }

  /** Goes on in a new instance with what was saved of this one; like a target, it saves only what has changed. */
  hibernate(): this {
    const snapshot = this.changes > 0 || !this.saved ? this.save() : this.saved
    this.clock.outlive(() => {
      this.host.evict()
      this.start(structuredClone(snapshot))
    })
    return this
  }

  private start(snapshot?: Snapshot): void {
    const wiring = new Wiring()
    const blueprint = this.make()
    const input = wiring.add(new ProbeSource<In>(this), undefined)
    this.input = wiring.stages[0] as ProbeSource<In>
    this.output = new ProbeSink<Out>(this)
    if (aSink.has(blueprint)) {
      wiring.closedChain(blueprint.chain, input, {
        resolve: (value) => (this.result = { value: value as Result }),
        reject: (error) => (this.result = { error }),
      })
    } else wiring.add(this.output, wiring.chain(blueprint.chain, input))
    this.host = new CountingHost(this.clock, () => this.changes++)
    this.run = new Run(wiring.stages, this.host)
    this.host.run = this.run
    if (this.isGuarded) for (const stage of wiring.stages) this.guard(stage)
    this.host.event(() => this.run.start(snapshot))
  }

  private guard(stage: Stage): void {
    const { push } = stage
    stage.push = (element) => {
      if (stage.run.starting) this.early++
      return push.call(stage, element)
    }
  }
}

class CountingHost extends ClockHost {
  constructor(
    clock: ManualClock,
    private readonly count: () => void,
  ) {
    super(clock)
  }

  /** What was under way comes to nothing: neither a timer nor a promise brings this instance back. */
  evict(): void {
    this.wake(Infinity)
    this.event = () => {}
  }

  override markDirty(): void {
    this.count()
  }
}

class ProbeSource<In> extends Stage<never, In> {
  wanted = false
  override inClosed = false

  constructor(private readonly probe: Probe<In, unknown>) {
    super()
  }

  push(): boolean {
    return false
  }

  send(element: In): void {
    this.wanted = false
    if (this.down.push(element)) this.wanted = true
    if (this.outClosed) this.wanted = false
  }

  override resume(): void {
    this.wanted = !this.outClosed
  }

  override onCancel(cause?: unknown): void {
    this.wanted = false
    this.probe.cancelled = cause === undefined ? true : { cause }
  }
}

class ProbeSink<Out> extends Stage<Out, never> {
  constructor(private readonly probe: Probe<unknown, Out>) {
    super()
  }

  override ask(): void {
    if (this.probe.requested > 0 && !this.inClosed) this.up.resume()
  }

  request(count: number): void {
    this.probe.requested += count
    this.ask()
  }

  push(element: Out): boolean {
    this.probe.received.push(element)
    this.probe.requested--
    return this.probe.requested > 0
  }

  override onComplete(): void {
    this.probe.ended = "completed"
  }

  override onFail(error: unknown): void {
    this.probe.ended = { failed: error }
  }
}
