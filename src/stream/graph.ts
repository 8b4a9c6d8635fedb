import type { Chain } from "./blueprint.ts"
import { type Clock, ClockHost, systemClock } from "./clock.ts"
import { Run } from "./engine/run.ts"
import { Wiring } from "./engine/wiring.ts"
import { SinkStage } from "./stages/sinks.ts"

/** How to run a closed graph. */
export interface RunOptions {
  /** Default: the runtime's own timers. */
  clock?: Clock
}

/** A graph with nothing left open: a source, flows, a sink. Made by `source.to(sink)`. */
export class RunnableGraph<Result> {
  declare protected readonly phantom: Result

  constructor(readonly chain: Chain) {}

  /**
   * Runs the graph until its sink is done. Every call starts anew.
   *
   * @returns what the sink makes of the stream; rejects with what the stream failed with
   */
  run({ clock = systemClock }: RunOptions = {}): Promise<Result> {
    const wiring = new Wiring()
    const sink = wiring.chain(this.chain, undefined)
    const host = new ClockHost(clock)
    const run = new Run(wiring.stages, host)
    host.run = run
    return new Promise((resolve, reject) => {
      if (sink instanceof SinkStage) sink.outcome = { resolve, reject }
      host.event(() => run.start())
    })
  }
}
