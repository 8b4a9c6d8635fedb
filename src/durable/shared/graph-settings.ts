import type { Clock } from "../../stream/clock.ts"
import type { EventScope } from "../../stream/clock-host.ts"
import type { Snapshot } from "../../stream/engine/run.ts"
import type { Stored } from "../layout.ts"

/** The row of a graph. */
export interface GraphRow {
  read(): unknown
  write(stored: StoredGraph): void
  delete(): void
}
export type StoredGraph = Stored<[fingerprint: string, snapshot: Snapshot]>

export interface Failure {
  error: unknown
}

/** Something that is to be saved. */
export interface Unsaved {
  save(): void
}

/** How a graph fits into its object. */
export interface GraphSettings {
  /** What logs call it. */
  name: string
  /** What errors call it. */
  title: string
  clock: Clock
  row: GraphRow
  /** The owner of its run: see `Host.origin`. */
  owner?: object
  /** Goes into the fingerprint. */
  version?: string | number
  /** What the graph sends to clients is sent by this channel. */
  sender?: object
  /** Drops what a channel has sent during this event. */
  discard(sender: object): void
  /** Something that the row tells has changed. */
  onDirty(graph: Unsaved): void
  /** The run of this owner is over: it subscribes to nothing. */
  onStop(owner: object): void
  /** The events of the graph are events of its object. */
  scope: EventScope
  /** The graph has ended, with an error if it has failed. */
  onEnd(failure?: Failure): void
  /** What is kept of a graph that has ended, instead of nothing: a snapshot, or what is stored. */
  readonly kept?: () => Snapshot | "stored" | undefined
  /** What does not fit goes on from this snapshot; `undefined` refuses it. Default: it starts anew. */
  readonly migrate?: (snapshot: Snapshot) => Snapshot | undefined
  /** Its state cannot be stored. Default: it fails. */
  readonly onUnstorable?: (error: unknown, stored: Snapshot) => void
}
