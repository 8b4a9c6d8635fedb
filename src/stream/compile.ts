import type { Chain, Description } from "./blueprint.ts"
import type { FanIn } from "./fan-in.ts"
import type { FanOut } from "./fan-out.ts"
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
  /** The number of the step that each stage belongs to. */
  private readonly stepOfStage: number[] = []
  private current = 0

  /** Puts one stage below `last`. */
  add(stage: Stage, last: Stage | undefined): Stage {
    link(last, stage)
    this.stages.push(stage)
    this.stepOfStage.push(this.current)
    return stage
  }

  /** Puts a whole chain below `last` and answers with its last stage, if it has an output. */
  chain(chain: Chain, last: Stage | undefined): Stage | undefined {
    const outer = this.current
    for (const step of chain) {
      this.current = this.steps.push(step)
      last = step.build(this, last)
    }
    this.current = outer
    return last
  }

  /** The step, as the author wrote it, that a stage belongs to: its name and its number from 1. */
  stepAt(position: number): { name: string; number: number } | undefined {
    const number = this.stepOfStage[position] ?? 0
    const step = this.steps[number - 1]
    return step && { name: step.name, number }
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
