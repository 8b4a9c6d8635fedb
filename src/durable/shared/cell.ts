import type { StandardSchema } from "../../socket/json.ts"
import { describeValue } from "../../stream/author-value.ts"
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
    const { issues, value: valid } = this.validate(value)
    if (issues) throw new TypeError(`The cell "${this.name}" cannot hold ${describeValue(value)}: ${issues}`)
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
    return this.channel.source({ bound: 1, overflow: "dropHead" })
  }

  /** The current value, and then each new one. A slow reader gets the latest. */
  get values(): Source<T> {
    return this.channel.source({ bound: 1, overflow: "dropHead" }, () => [this.get()])
  }

  private restored(stored: unknown): T {
    const { issues, value } = this.validate(stored)
    if (!issues) return value as T
    if (this.options.migrate) return this.options.migrate(stored)
    throw new TypeError(
      `The cell "${this.name}" has a stored value that its schema refuses: ${issues}. Give it a function migrate that makes a ` +
        "new value of the stored one",
    )
  }

  private validate(value: unknown): { value?: T; issues?: string } {
    const { schema } = this.options
    if (!schema) return { value: value as T }
    const result = schema["~standard"].validate(value)
    if (result instanceof Promise) throw new TypeError(`The schema of the cell "${this.name}" is asynchronous`)
    if (!result.issues) return { value: result.value }
    return { issues: result.issues.map(({ message }) => message).join("; ") }
  }
}
