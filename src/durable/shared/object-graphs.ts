import type { Chain } from "../../stream/engine/wiring.ts"
import type { AlarmClock } from "../alarm-clock.ts"
import { GraphRow, type GraphStorage } from "./graph-row.ts"
import type { GraphHost, GraphSettings } from "./graph-settings.ts"
import { SharedGraph } from "./shared-graph.ts"

/** The parts of an object that its graphs use. */
export interface GraphsHost extends Omit<GraphHost, "clock" | "row"> {
  /** The name of the class, for errors. */
  readonly className: string
  readonly alarms: AlarmClock
}

/** Makes the graphs that live as long as their object: shared sources and actors. */
export class ObjectGraphs {
  constructor(
    private readonly storage: GraphStorage,
    private readonly object: GraphsHost,
  ) {}

  /** @param key of its row, and of its timer */
  make(key: string, chain: Chain, settings: GraphSettings): SharedGraph {
    const { object, storage } = this
    const title = `${settings.title} of ${object.className}`
    const row = new GraphRow(storage, key, settings.rows)
    return new SharedGraph(chain, { ...settings, title }, { ...object, clock: object.alarms.for(key), row })
  }
}
