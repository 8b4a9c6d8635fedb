import type { Chain, Description } from "../blueprint.ts"
import type { FanIn } from "./fan-in-stage.ts"
import type { FanOut } from "./fan-out-stage.ts"
import type { Stage } from "./stage.ts"

function link(up: Stage | undefined, down: Stage): void {
  if (!up) return
  up.down = down
  down.up = up
}

/** Collects the stages of a graph in the order in which elements meet them, and links them. */
export class Wiring {
  readonly stages: Stage[] = []
  readonly steps: Description[] = []
  /** The step whose stages are being added, and its number, from 1 on. */
  private step: Description | undefined
  private stepNumber = 0

  /** Puts one stage below `last`. */
  add(stage: Stage, last: Stage | undefined): Stage {
    stage.step = this.step
    stage.stepNumber = this.stepNumber
    link(last, stage)
    this.stages.push(stage)
    return stage
  }

  /** Puts a whole chain below `last` and answers with its last stage, if it has an output. */
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

  /** Joins the ends of chains, some of which may have no output, in one junction. */
  join(junction: FanIn, ends: readonly (Stage | undefined)[]): Stage {
    junction.inlets.forEach((inlet, index) => {
      this.add(inlet, ends[index])
    })
    return this.add(junction, undefined)
  }

  /** Forks below `last`; each outlet goes on with its chain. Answers with the ends of the chains. */
  fork(junction: FanOut, last: Stage | undefined, chains: readonly Chain[]): (Stage | undefined)[] {
    this.add(junction, last)
    return chains.map((chain, index) => {
      const outlet = junction.outlets[index]
      return outlet && this.chain(chain, this.add(outlet, undefined))
    })
  }
}
