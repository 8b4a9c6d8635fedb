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

/** The row of a graph. */
export class GraphRow {
  constructor(
    private readonly kv: SyncKvStorage,
    private readonly key: string,
  ) {}

  /** An empty list for an unreadable row: a deep value may have been written with more of the stack left than there is now. */
  read(): unknown {
    try {
      return this.kv.get(this.key)
    } catch (error) {
      if (error instanceof RangeError) return []
      throw error
    }
  }

  write(stored: StoredGraph): void {
    this.kv.put(this.key, stored)
  }

  delete(): void {
    this.kv.delete(this.key)
  }
}
