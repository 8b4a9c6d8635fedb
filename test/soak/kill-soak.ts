import { setTimeout as sleep } from "node:timers/promises"
import { Random } from "../../src/testing/random.ts"
import { Workerd, type WorkerdOptions } from "../bench/harness/workerd.ts"
import type { Findings } from "./findings.ts"
import type { KillMode } from "./kill-mode.ts"
import { type KillPlan, longestRun } from "./kill-plan.ts"
import { KilledRun } from "./killed-run.ts"
import type { Observed } from "./observed.ts"
import { longestDelay } from "./observed-timers.ts"

/** How long the last process runs without a kill, in milliseconds: all timers are due by then. */
const silence = longestDelay + 2_000

/** The last processes are killed when each client has received a frame. */
const lastPlan = { clients: 1, hibernates: false, after: longestRun, frames: 1, atFrame: false, patience: 10_000 }

export interface KillSoakOptions {
  readonly kills: number
  readonly seed: number
  /** One after the other. */
  readonly modes: readonly KillMode[]
  readonly objects: readonly Observed[]
  readonly plan: (random: Random) => KillPlan
  /** The target of workerd's logs. Default: nowhere, since it warns of each alarm that a kill has interrupted. */
  readonly output?: WorkerdOptions["output"]
  /** Called after each kill. */
  readonly onKill?: (kills: number) => void
}

/**
 * Kills workerd again and again, at random moments, and starts it again on the same storage. Frames received before a kill
 * must agree with all frames that any client receives after it. Events that no client has received may have happened or not.
 */
export class KillSoak {
  private readonly storage = Workerd.newStorage()
  private readonly options: KillSoakOptions
  private readonly findings: Findings

  constructor(options: KillSoakOptions, findings: Findings) {
    this.options = options
    this.findings = findings
  }

  /** Resolves after the last kill, when all timers had time to fire. */
  async run(): Promise<void> {
    const { kills, seed, modes, plan, onKill } = this.options
    for (let kill = 0; kill < kills; kill++) {
      const random = new Random(seed + kill)
      await this.runUntilKilled(modes[kill % modes.length], plan(random), random)
      this.findings.after(kill + 1)
      onKill?.(kill + 1)
    }
    await this.check(this.options.objects.filter(({ checkTimers }) => !checkTimers))
    await this.checkTimers(this.options.objects.filter(({ checkTimers }) => checkTimers))
  }

  /** Runs another process, whose clients check the state after the last kill. */
  private async check(objects: readonly Observed[]): Promise<void> {
    const plan = { ...lastPlan, objects, pace: 1 }
    if (objects.length > 0) await this.runUntilKilled(this.options.modes[0], plan, new Random(0))
  }

  private async checkTimers(objects: readonly Observed[]): Promise<void> {
    if (objects.length === 0) return
    const plan = { ...lastPlan, objects, pace: Infinity }
    let end = 0
    await this.runUntilKilled(this.options.modes[0], plan, new Random(0), async () => {
      await sleep(silence)
      end = Date.now()
    })
    for (const object of objects) object.checkTimers?.(end, silence)
  }

  private async runUntilKilled(
    mode: KillMode | undefined,
    plan: KillPlan,
    random: Random,
    onStart?: () => Promise<void>,
  ): Promise<void> {
    const { objects, output = "ignore" } = this.options
    const server = await Workerd.start("../soak/kill-worker.ts", { ...mode?.options, storage: this.storage, output })
    for (const object of objects) object.restart()
    await onStart?.()
    await new KilledRun(server, random, this.findings, mode?.yields).run(plan)
  }
}
