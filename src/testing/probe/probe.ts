import { aSink } from "../../stream/checks.ts"
import { ClockHost } from "../../stream/clock-host.ts"
import { Run, type Snapshot } from "../../stream/engine/run.ts"
import type { Stage } from "../../stream/engine/stage.ts"
import type { Chain } from "../../stream/engine/wiring.ts"
import { Wiring } from "../../stream/engine/wiring.ts"
import type { Flow } from "../../stream/flow.ts"
import type { Sink } from "../../stream/sink.ts"
import type { Source } from "../../stream/source.ts"
import { TestClock } from "../test-clock.ts"
import { type End, InputEnd, OutputEnd } from "./ends.ts"

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
  private input!: InputEnd<In>
  private output!: OutputEnd<Out>

  private constructor(
    private readonly make: () => { chain: Chain },
    readonly clock: TestClock,
    private readonly isGuarded = false,
  ) {
    this.start()
  }

  static flow<In, Out>(make: () => Flow<In, Out>, clock = new TestClock()): Probe<In, Out> {
    return new Probe(make, clock)
  }

  static source<Out>(make: () => Source<Out>, clock = new TestClock()): Probe<never, Out> {
    return new Probe(make, clock)
  }

  static sink<In, Result>(make: () => Sink<In, Result>, clock = new TestClock()): Probe<In, never, Result> {
    return new Probe(make, clock)
  }

  /** A flow of which every stage is watched while it starts. */
  static guarded<In, Out>(make: () => Flow<In, Out>): Probe<In, Out> {
    return new Probe(make, new TestClock(), true)
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

  /** What was under way comes to nothing: neither a timer nor a promise brings this instance back. */
  evict(): void {
    this.wake(Infinity)
    this.event = () => {}
  }

  override markDirty(): void {
    this.count()
  }
}
