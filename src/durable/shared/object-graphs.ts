import type { EventScope } from "../../stream/clock-host.ts"
import type { Chain } from "../../stream/engine/wiring.ts"
import type { Logger } from "../../stream/logger.ts"
import type { AlarmClock } from "../alarm-clock.ts"
import type { DirtySet } from "../dirty-set.ts"
import { GraphRow, type GraphStorage } from "./graph-row.ts"
import type { GraphSettings } from "./graph-settings.ts"
import { SharedGraph } from "./shared-graph.ts"

/** The parts of an object that its graphs use. */
export interface GraphsHost {
  /** The name of the class, for errors. */
  readonly className: string
  readonly log: Logger
  readonly alarms: AlarmClock
  readonly dirty: DirtySet
  readonly scope: EventScope
  readonly outbound: { discard(sender: object): void }
  readonly topics: { removeSubscriber(owner: unknown): void }
}

/** Makes the graphs that live as long as their object: shared sources and actors. */
export class ObjectGraphs {
  constructor(
    private readonly storage: GraphStorage,
    private readonly object: GraphsHost,
  ) {}

  /** @param key of its row, and of its timer */
  make(key: string, chain: Chain, settings: GraphSettings): SharedGraph {
    const { className, log, alarms, dirty, scope, outbound, topics } = this.object
    return new SharedGraph(
      chain,
      { ...settings, title: `${settings.title} of ${className}` },
      {
        clock: alarms.for(key),
        log,
        row: new GraphRow(this.storage, key, settings.rows),
        dirty,
        scope,
        discard: (sender) => outbound.discard(sender),
        onStop: (owner) => topics.removeSubscriber(owner),
      },
    )
  }
}
