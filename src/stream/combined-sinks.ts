import { requireOneOf } from "./argument.ts"
import { aSink, checkArgument, someSinks } from "./checks.ts"
import type { Chain, Step } from "./engine/wiring.ts"
import { Balance, Broadcast } from "./stages/forks.ts"
import { SinkResults } from "./stages/sink-results.ts"

/** Which sinks of a `Sink.combine` get an element. */
export type SinkStrategy = "broadcast" | "balance"

/** The step of `Sink.combine`. */
export function combineStep(sinks: readonly { readonly chain: Chain }[], strategy: SinkStrategy = "broadcast"): Step {
  checkArgument("combine: sinks", sinks, someSinks)
  sinks.forEach((sink, index) => {
    checkArgument(`combine: sink ${index}`, sink, aSink)
  })
  requireOneOf("combine: strategy", strategy, ["broadcast", "balance"])
  return {
    name: "combine",
    hibernates: "keeps",
    build(wiring, last) {
      const results = new SinkResults(sinks.length, wiring.outcome)
      const fork = strategy === "broadcast" ? new Broadcast(sinks.length, false) : new Balance(sinks.length)
      wiring.fork(
        fork,
        last,
        sinks.map(
          ({ chain }, index) =>
            (outlet) =>
              wiring.closedChain(chain, outlet, results.outcomeOf(index)),
        ),
      )
      wiring.add(results, undefined)
      return undefined
    },
  }
}
