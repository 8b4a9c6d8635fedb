import type { Chain } from "../blueprint.ts"
import { placeOf } from "../checks.ts"
import { type FanIn, Inlet } from "../engine/fan-in-stage.ts"
import { fingerprint } from "../engine/fingerprint.ts"
import { type Host, Run, type Snapshot } from "../engine/run.ts"
import { Wiring } from "../engine/wiring.ts"
import { NoSuchElementError, RestoreError } from "../errors.ts"
import { SinkStage } from "./sinks.ts"

/** What a nested source needs from the stage that holds it. */
export type Owner = FanIn & { innerWakes(): void; innerChanged(): void }

/** The argument of the author's function, the fingerprint of the source that it made, and what that source keeps. */
export type SavedSubSource = [cause: unknown, shape: string, snapshot: Snapshot]

/** Asks while its source starts, which may have an element for just then, such as the first of some ticks. */
class SubInlet extends Inlet {
  override ask(): void {
    this.resume()
  }

  /** A sink of its source has failed, which fails the source; one that got no element has not. */
  sinkFailed(error: unknown): void {
    if (this.inClosed || error instanceof NoSuchElementError) return
    this.cancelUp(error)
    this.junction.failed(error, this)
  }
}

/** The stages of a source that was made while its flow was running, inside the stage that takes its elements. */
export class SubSource implements Host {
  readonly isNested = true
  due = Infinity
  readonly inlet: Inlet
  readonly run: Run
  private readonly wiring = new Wiring()
  /** Their fingerprint, once it was asked for. */
  private steps: string | undefined
  private readonly sinks: readonly SinkStage[]

  constructor(
    chain: Chain,
    private readonly owner: Owner,
    /** The argument of the author's function; after a restore the function gets it again. */
    readonly cause: unknown,
  ) {
    const inlet = new SubInlet(owner, 0)
    this.inlet = inlet
    this.wiring.add(inlet, this.wiring.chain(chain, undefined))
    this.sinks = this.wiring.stages.filter((stage) => stage instanceof SinkStage)
    for (const sink of this.sinks) sink.outcome ??= { resolve() {}, reject: (error) => inlet.sinkFailed(error) }
    this.run = new Run(this.wiring.stages, this)
  }

  get origin(): object {
    return this.owner.run.origin
  }

  get within(): string {
    return placeOf(this.owner)
  }

  now(): number {
    return this.owner.run.now()
  }

  deliveredUntil(): number {
    return this.owner.run.deliveredUntil
  }

  wake(due: number): void {
    this.due = due
    this.owner.innerWakes()
  }

  changed(): void {
    this.owner.innerChanged()
  }

  event(handler: () => void): void {
    this.owner.run.event(handler)
  }

  fire(): void {
    this.due = Infinity
    this.run.fire()
  }

  save(): SavedSubSource {
    return [this.cause, this.shape, this.run.save()]
  }

  /** A `RestoreError` for a snapshot of another source. */
  check(shape: string, snapshot: Snapshot): void {
    if (shape !== this.shape) {
      throw new RestoreError(`${this.within}: the function makes another source than it did when the flow was saved`)
    }
    this.run.check(snapshot)
  }

  /** Whether something would go on without the output: a branch to a sink, here or in a source inside this one. */
  get outlivesOutput(): boolean {
    return this.sinks.length > 0 || this.run.watches
  }

  /** Ends what would go on without the output. */
  end(): void {
    for (const sink of this.sinks) sink.end()
    // Sources that a sink of this one made end likewise.
    this.run.settle()
  }

  private get shape(): string {
    this.steps ??= fingerprint(this.wiring.steps)
    return this.steps
  }
}
