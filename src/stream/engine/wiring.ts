import type { FanIn } from "./fan-in-stage.ts"
import type { FanOut } from "./fan-out-stage.ts"
import { ignoredOutcome, type Outcome, type SinkStage } from "./sink-stage.ts"
import type { Stage } from "./stage.ts"

/**
 * How a step hibernates: it has no state (`stateless`), its stages save and restore their state (`keeps`), or it holds a
 * live object that cannot be saved and so pins the Durable Object in memory (`pinned`).
 */
export type Hibernates = "stateless" | "keeps" | "pinned"

/** One step of a blueprint. */
export interface Step {
  /** The operator's name, as the author wrote it. */
  readonly name: string
  readonly hibernates: Hibernates
  /** For a pinned step: the alternative in a Durable Object. */
  readonly instead?: string
  /** Adds the stages of this step below `last`. Returns the stage that the next step goes below; `undefined` after a sink. */
  build(wiring: Wiring, last: Stage | undefined): Stage | undefined
}

/** The steps of a blueprint, from the source to the sink. */
export type Chain = readonly Step[]

/** A step of one stage. */
export function stageStep(name: string, hibernates: Hibernates, make: () => Stage, instead?: string): Step {
  return { name, hibernates, instead, build: (wiring, last) => wiring.add(make(), last) }
}

/** A step of one sink. */
export function sinkStep(name: string, hibernates: Hibernates, make: () => SinkStage): Step {
  return { name, hibernates, build: (wiring, last) => wiring.addSink(make(), last) }
}

/** Adds the stages of one branch below an outlet. Returns the end of the branch; `undefined` after a sink. */
type Branch = (outlet: Stage) => Stage | undefined

function link(up: Stage | undefined, down: Stage): void {
  if (!up) return
  up.down = down
  down.up = up
}

/** Makes the stages of a graph in the order in which elements meet them, and links them. */
export class Wiring {
  readonly stages: Stage[] = []
  readonly sinks: SinkStage[] = []
  readonly steps: Step[] = []
  /** The step that is being built, and its number, from 1. */
  private step: Step | undefined
  private stepNumber = 0

  /** @param outcome receives the result of the sink that is being added */
  constructor(public outcome: Outcome<unknown> = ignoredOutcome) {}

  /** Adds one stage below `last`. */
  add(stage: Stage, last: Stage | undefined): Stage {
    stage.step = this.step
    stage.stepNumber = this.stepNumber
    link(last, stage)
    this.stages.push(stage)
    return stage
  }

  /** Adds a sink below `last`. */
  addSink(sink: SinkStage, last: Stage | undefined): undefined {
    sink.outcome = this.outcome
    this.sinks.push(sink)
    this.add(sink, last)
  }

  /** Adds a chain below `last`. Returns its last stage; `undefined` for a chain that ends in a sink. */
  chain(chain: Chain, last: Stage | undefined): Stage | undefined {
    const { step: outerStep, stepNumber: outerNumber } = this
    for (const step of chain) {
      this.step = step
      this.stepNumber = this.steps.push(step)
      last = step.build(this, last)
    }
    this.step = outerStep
    this.stepNumber = outerNumber
    return last
  }

  /** Adds a chain that ends in a sink, which reports to `outcome`. The sinks of its side branches do not. */
  closedChain(chain: Chain, last: Stage | undefined, outcome: Outcome<unknown>): undefined {
    const end = this.chain(chain.slice(0, -1), last)
    this.reportingTo(outcome, () => this.chain(chain.slice(-1), end))
  }

  /** All sinks that `build` adds report to `outcome`. */
  reportingTo<T>(outcome: Outcome<unknown>, build: () => T): T {
    const outer = this.outcome
    this.outcome = outcome
    const built = build()
    this.outcome = outer
    return built
  }

  /**
   * The sinks that `build` adds report no failure that is known outside of them, because it comes out of the flow, unless a later stage
   * recovers from it.
   */
  beside<T>(isKnown: () => boolean, build: () => T): T {
    const { outcome } = this
    const reject = (error: unknown) => void (isKnown() || outcome.reject(error))
    return this.reportingTo({ resolve: (result) => outcome.resolve(result), reject }, build)
  }

  /** Joins the ends of chains in one junction. The end of a chain without output is `undefined`. */
  join(junction: FanIn, ends: readonly (Stage | undefined)[]): Stage {
    junction.inlets.forEach((inlet, index) => {
      this.add(inlet, ends[index])
    })
    return this.add(junction, undefined)
  }

  /** Forks below `last`. Each branch continues from its outlet; returns the ends of the branches, in order. */
  fork(junction: FanOut, last: Stage | undefined, branches: readonly Branch[]): (Stage | undefined)[] {
    this.add(junction, last)
    const ends: (Stage | undefined)[] = []
    const isKnown = () => junction.outlets.some(({ hasFailed, index }) => hasFailed && ends[index])
    return this.beside(isKnown, () => {
      for (const [index, outlet] of junction.outlets.entries())
        ends.push(branches[index]?.(this.add(outlet, undefined)))
      return ends
    })
  }
}
