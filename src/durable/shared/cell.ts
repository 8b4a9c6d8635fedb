import type { StandardSchema } from "../../socket/json.ts"
import { validated } from "../../socket/schema.ts"
import type { Source } from "../../stream/source.ts"
import { assertStorable } from "../../stream/storable.ts"
import type { Channel } from "./channel.ts"

/** Where the value of a cell is stored. */
export interface CellStore {
  /** Undefined where nothing is stored. */
  read(): { value: unknown } | undefined
  write(value: unknown): void
  /** Runs a change as an event, so that what was due before comes before. */
  event(change: () => void): void
  /** Delivers a new value to subscribers, once it is sure to be stored. */
  publish(value: unknown): void
}

/** What a cell may hold. */
export interface CellOptions<T> {
  /** Checks each value that is set, and each value that was stored. */
  schema?: StandardSchema<unknown, T>
  /** Makes a value of a stored one that the schema refuses: after a deploy with another schema. */
  migrate?: (stored: unknown) => T
}

/** A schema alone is the most frequent option. */
export function cellOptions<T>(options: StandardSchema<unknown, T> | CellOptions<T> = {}): CellOptions<T> {
  return "~standard" in options ? { schema: options } : options
}

/**
 * A value shared by the sink and the source of a flow, or by all connections of an object, that outlives hibernation. Reading
 * and writing are synchronous. The value must be one that structured clone takes.
 */
export class Cell<T> {
  constructor(
    readonly name: string,
    private readonly initial: T,
    private readonly store: CellStore,
    private readonly channel: Channel<T>,
    private readonly options: CellOptions<T> = {},
  ) {}

  /** The stored value, or the initial one. */
  get(): T {
    const stored = this.store.read()
    return stored ? this.restored(stored.value) : this.initial
  }

  /** Stores the value: one row where the cell belongs to the object. A `TypeError` if it cannot be stored or the schema refuses it. */
  set(value: T): void {
    const valid = this.validated(value)
    assertStorable(valid, `The value of the cell "${this.name}"`, "value")
    this.store.event(() => {
      this.store.write(valid)
      this.store.publish(valid)
    })
  }

  update(f: (value: T) => T): void {
    this.store.event(() => this.set(f(this.get())))
  }

  /** Each new value. A slow reader gets the latest. */
  get changes(): Source<T> {
    return this.channel.source({ bufferSize: 1, overflow: "dropHead" })
  }

  /** The current value, and then each new one. A slow reader gets the latest. */
  get values(): Source<T> {
    return this.channel.source({ bufferSize: 1, overflow: "dropHead" }, () => [this.get()])
  }

  /** A stored value goes through `migrate` where the schema has changed since. */
  private restored(stored: unknown): T {
    const { migrate } = this.options
    try {
      return this.validated(stored)
    } catch (error) {
      if (migrate) return this.validated(migrate(stored))
      const remedy = "Give the cell a function migrate that makes a new value of the stored one"
      throw new TypeError(`${error instanceof Error ? error.message : error}. ${remedy}`)
    }
  }

  private validated(value: unknown): T {
    const { schema } = this.options
    return schema ? validated(schema, value, `The value of the cell "${this.name}"`) : (value as T)
  }
}
