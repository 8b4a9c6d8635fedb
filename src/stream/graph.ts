import { checkNames } from "./author-value.ts"
import { type Clock, systemClock } from "./clock.ts"
import { ClockHost } from "./clock-host.ts"
import { Run } from "./engine/run.ts"
import { type Chain, Wiring } from "./engine/wiring.ts"

/** Options for running a closed graph. */
export interface RunOptions {
  /** The time and the timers of the run. Default: `systemClock`. */
  clock?: Clock
}

/** A closed graph: a source, flows and a sink. Made by `source.to(sink)`. */
export class RunnableGraph<Result> {
  declare protected readonly phantom: Result

  constructor(readonly chain: Chain) {}

  /**
   * Runs the graph. Each call starts a new run.
   *
   * @returns a promise that resolves with the result of the sink, or rejects with the error of the stream
   */
  run(options: RunOptions = {}): Promise<Result> {
    const { clock = systemClock } = options
    checkNames("run option", options, { clock })
    return new Promise((resolve, reject) => {
      const wiring = new Wiring()
      wiring.closedChain(this.chain, undefined, { resolve, reject })
      const host = new ClockHost(clock)
      const run = new Run(wiring.stages, host)
      host.run = run
      host.event(() => run.start())
    })
  }
}
