import { SinkStage } from "../stages/sinks.ts"
import { Inlet } from "./fan-in-stage.ts"
import { FanOut } from "./fan-out-stage.ts"
import { Stage } from "./stage.ts"

/**
 * Whether something that went into the flow at `entry` may still be on its way through it: the stages below, up to where
 * they join a source of another origin, are not all over.
 */
export function hasRemainder(entry: unknown): boolean {
  let stage = entry
  while (stage instanceof Stage) {
    if (stage instanceof SinkStage) {
      if (!stage.inClosed) return true
      stage = stage.leadsTo
    } else if (stage instanceof Inlet) {
      if (!stage.isOver) return true
      if (!stage.junction.inlets.every((inlet) => inlet.isOver)) return false
      stage = stage.junction
    } else if (!stage.outClosed) return true
    else if (stage instanceof FanOut) return stage.outlets.some((outlet) => hasRemainder(outlet.down))
    else stage = stage.down
  }
  return false
}
