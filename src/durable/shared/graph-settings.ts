import type { Clock } from "../../stream/clock.ts"
import type { EventScope } from "../../stream/clock-host.ts"
import type { Snapshot } from "../../stream/engine/run.ts"
import type { Logger } from "../../stream/logger.ts"
import type { DirtySet } from "../dirty-set.ts"
import type { GraphRow, GraphRows } from "./graph-row.ts"

/** The error that ended a graph, and with it the subscribers of its source. */
export interface Failure {
  error: unknown
}

/** The parts of its object that a graph uses. */
export interface GraphHost {
  readonly clock: Clock
  readonly log: Logger
  readonly row: GraphRow
  readonly dirty: DirtySet
  /** The events of the graph are events of its object. */
  readonly scope: EventScope
  /** Drops everything that a channel has sent during this event. */
  readonly outbound: { discard(sender: object): void }
  /** Removes the subscriptions of an owner. */
  readonly topics: { removeSubscriber(owner: object): void }
}

/** A graph's names, its version, its rows, and the functions that are called at its end and at a migration. */
export interface GraphSettings {
  /** Its name in logs. */
  name: string
  /** Its name in errors. */
  title: string
  /** The owner of its run: see `Host.owner`. */
  owner?: object
  /** Goes into the fingerprint. */
  version?: string | number
  /** The channel that is the sender of everything that the graph sends to clients. */
  sender?: object
  /** Rows that are written and deleted together with that of the graph. Default: none. */
  readonly rows?: GraphRows
  /** The graph has ended, with an error if it has failed. */
  onEnd(failure?: Failure): void
  /** The content of the row after the end of the graph: the first snapshot that storage takes. Default: the row is deleted. */
  readonly retained?: () => Snapshot[] | undefined
  /**
   * Makes a snapshot of one with another fingerprint, or of one that cannot be restored; `undefined` refuses it. Default: the graph starts
   * from the beginning.
   */
  readonly migrate?: (snapshot: Snapshot) => Snapshot | undefined
  /** Called when the state cannot be stored. Default: the graph fails. */
  readonly onUnstorable?: (error: unknown, stored: Snapshot) => void
}
