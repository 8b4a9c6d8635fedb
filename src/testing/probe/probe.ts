import { aSink } from "../../stream/checks.ts"
import { ClockHost } from "../../stream/clock-host.ts"
import { assertDurable } from "../../stream/engine/fingerprint.ts"
import { Run, type Snapshot } from "../../stream/engine/run.ts"
import type { Stage } from "../../stream/engine/stage.ts"
import { type Chain, type Step, Wiring } from "../../stream/engine/wiring.ts"
import type { Flow } from "../../stream/flow.ts"
import type { Sink } from "../../stream/sink.ts"
import type { Source } from "../../stream/source.ts"
import { show } from "../show.ts"
import { TestClock } from "../test-clock.ts"
import { type End, InputEnd, OutputEnd } from "./ends.ts"

/**
 * Runs a flow, a source or a sink between two ends that a test controls: `send`, `complete` and `fail` above it, `request` and `cancel`
 * below it. `hibernate` saves it, discards the running instance and continues with a new one, made by the same function.
 */
export class Probe<In, Out, Result = unknown> {
  /** The elements of the output. */
  readonly received: Out[] = []
  /** The end of the output; `undefined` before. */
  ended: End | undefined
  /** Whether the input was cancelled; with the cause if the flow has failed. */
  cancelled: true | { cause: unknown } | undefined
  /** The result of a sink, or its error; `undefined` before its end. */
  result: { value: Result } | { error: unknown } | undefined
  /** How often the run has become dirty since it was last saved: 0 or 1. */
  changes = 0
  /** The number of elements that are requested and have not arrived. */
  requested = 0
  /** The number of elements that moved before every stage had begun, which must be 0. Only `guarded` counts them, which takes time. */
  early = 0
  private saved: Snapshot | undefined
  private steps: readonly Step[] = []
  private run!: Run
  private host!: CountingHost
  private input!: InputEnd<In>
  private output!: OutputEnd<Out>

  private constructor(
    private readonly make: () => { chain: Chain },
    readonly clock: TestClock,
    private readonly isGuarded = false,
  ) {
    this.start()
  }

  /** Runs the flow that `make` returns. Default: on a new clock, at 0. */
  static flow<In, Out>(make: () => Flow<In, Out>, clock = new TestClock()): Probe<In, Out> {
    return new Probe(make, clock)
  }

  /** Runs the source that `make` returns. Default: on a new clock, at 0. */
  static source<Out>(make: () => Source<Out>, clock = new TestClock()): Probe<never, Out> {
    return new Probe(make, clock)
  }

  /** Runs the sink that `make` returns. Default: on a new clock, at 0. */
  static sink<In, Result>(make: () => Sink<In, Result>, clock = new TestClock()): Probe<In, never, Result> {
    return new Probe(make, clock)
  }

  /** Runs a flow and counts the elements that its stages get while they start; see `early`. */
  static guarded<In, Out>(make: () => Flow<In, Out>): Probe<In, Out> {
    return new Probe(make, new TestClock(), true)
  }

  /** Whether the flow has demand for an element. */
  get demand(): boolean {
    return this.input.wanted && !this.input.outClosed
  }

  /** Sends elements. Throws an `Error` for an element for which the flow has no demand. */
  send(...elements: In[]): this {
    for (const element of elements) {
      if (!this.demand) throw new Error(`No demand for ${show(element)}`)
      this.host.event(() => this.input.send(element))
    }
    return this
  }

  /** Completes the input. */
  complete(): this {
    this.host.event(() => this.input.complete())
    return this
  }

  /** Fails the input with `error`. */
  fail(error: unknown): this {
    this.host.event(() => this.input.fail(error))
    return this
  }

  /** Requests `count` more elements. */
  request(count: number): this {
    this.host.event(() => this.output.request(count))
    return this
  }

  /** Makes the demand unlimited. */
  unbounded(): this {
    return this.request(Infinity)
  }

  /** Cancels the output; with a `cause`, because downstream has failed with it. */
  cancel(cause?: unknown): this {
    this.host.event(() => this.output.up.cancel(cause))
    return this
  }

  /** Advances the clock by `duration` milliseconds. Every timer fires when it is due. */
  advance(duration: number): this {
    this.clock.advance(duration)
    return this
  }

  /** Saves the run, and returns the snapshot. */
  save(): Snapshot {
    this.changes = 0
    this.saved = structuredClone(this.run.save())
    return this.saved
  }

  /**
   * Continues in a new instance from the snapshot of this one. Like a target, it saves only a run that is dirty. Throws a
   * `PinnedFlowError` for a flow that cannot hibernate.
   */
  hibernate(): this {
    assertDurable(this.steps)
    const snapshot = this.changes > 0 || !this.saved ? this.save() : this.saved
    this.clock.outlive(() => {
      this.host.evict()
      this.input.detach()
      this.output.detach()
      this.start(structuredClone(snapshot))
    })
    return this
  }

  private start(snapshot?: Snapshot): void {
    const wiring = new Wiring()
    const blueprint = this.make()
    const input = wiring.add(new InputEnd<In>(this), undefined)
    this.input = wiring.stages[0] as InputEnd<In>
    this.output = new OutputEnd<Out>(this)
    if (aSink.has(blueprint)) {
      wiring.closedChain(blueprint.chain, input, {
        resolve: (value) => (this.result = { value: value as Result }),
        reject: (error) => (this.result = { error }),
      })
    } else wiring.add(this.output, wiring.chain(blueprint.chain, input))
    this.steps = wiring.steps
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
    clock: TestClock,
    private readonly count: () => void,
  ) {
    super(clock)
  }

  /** Cancels the timer and ignores later events, so that no timer and no promise continues this instance. */
  evict(): void {
    this.wake(Infinity)
    this.event = () => {}
  }

  override markDirty(): void {
    this.count()
  }
}
