import type { Snapshot } from "../../stream/engine/run.ts"
import { contentOf, layout, type Stored } from "../layout.ts"

/** A graph as it is stored. */
export type StoredGraph = Stored<[fingerprint: string, snapshot: Snapshot]>

export function encodeGraph(fingerprint: string, snapshot: Snapshot): StoredGraph {
  return [layout, fingerprint, snapshot]
}

/** `undefined` for a row of another layout. */
export function decodeGraph(stored: unknown): { fingerprint: string; snapshot: Snapshot } | undefined {
  const content = contentOf(stored)
  if (!content) return undefined
  const [fingerprint, snapshot] = content as [string, Snapshot]
  return { fingerprint, snapshot }
}

/** Rows that belong to the row of a graph, such as the timers of an actor. */
export interface GraphRows {
  /** Whether `write` has something to write. */
  readonly isDirty: boolean
  write(): void
  deleteAll(): void
}

/** The part of `ctx.storage` that rows of graphs need. */
export interface GraphStorage {
  readonly kv: SyncKvStorage
  transactionSync<T>(run: () => T): T
}

/** The row of a graph, and the rows that belong to it. */
export class GraphRow {
  constructor(
    private readonly storage: GraphStorage,
    private readonly key: string,
    private readonly others?: GraphRows,
  ) {}

  /** Returns an empty list for an unreadable row: reading a deeply nested value can overflow the stack although writing it did not. */
  read(): unknown {
    try {
      return this.storage.kv.get(this.key)
    } catch (error) {
      if (error instanceof RangeError) return []
      throw error
    }
  }

  /** Writes all rows that have changed, or none if one of them cannot be written. */
  write(stored: StoredGraph): void {
    const { storage, key, others } = this
    if (!others?.isDirty) {
      storage.kv.put(key, stored)
      return
    }
    storage.transactionSync(() => {
      storage.kv.put(key, stored)
      others.write()
    })
  }

  delete(): void {
    this.storage.kv.delete(this.key)
    this.others?.deleteAll()
  }
}
