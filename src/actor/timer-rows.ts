import { withOwnBytes } from "../stream/engine/own-bytes.ts"
import { encodeRefs } from "./ref-encoding.ts"

/** The rows that an object stores beside the row of one of its actors, by key. */
export interface TimerStorage {
  /** `undefined` for a row that is not there, or cannot be read. */
  get(key: string): unknown
  put(key: string, row: unknown): void
  delete(key: string): void
}

/** Rows that are to be written; `undefined` for one to be deleted. */
export type RowChanges = Map<string, unknown>

/** The rows of the timers of a tree of actors. Changes wait, and are written together with the row of the tree. */
export class TimerRows {
  private changes: RowChanges = new Map()

  constructor(
    private readonly storage: TimerStorage,
    /** Makes refs of encoded refs. */
    private readonly decode: (value: unknown) => unknown,
  ) {}

  read(key: string): unknown {
    return this.decode(this.storage.get(key))
  }

  put(key: string, row: unknown): void {
    this.changes.set(key, withOwnBytes(encodeRefs(row)))
  }

  delete(key: string): void {
    this.changes.set(key, undefined)
  }

  /** Takes the changes out, to be written without this tree. */
  take(): RowChanges {
    const { changes } = this
    this.changes = new Map()
    return changes
  }

  get isDirty(): boolean {
    return this.changes.size > 0
  }

  /** Writes the changes. If that fails, they are still to be written. */
  write(): void {
    writeRows(this.storage, this.changes)
    this.changes.clear()
  }
}

export function writeRows(storage: TimerStorage, changes: RowChanges): void {
  for (const [key, row] of changes) {
    if (row === undefined) storage.delete(key)
    else storage.put(key, row)
  }
}
