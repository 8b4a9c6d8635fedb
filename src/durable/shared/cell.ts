import type { StandardSchema } from "../../socket/json.ts"
import { validated } from "../../socket/schema.ts"
import { checkNames } from "../../stream/author-value.ts"
import { copyOfPlain } from "../../stream/plain-copy.ts"
import type { Source } from "../../stream/source.ts"
import { assertStorable } from "../../stream/storable.ts"
import type { Channel } from "./channel.ts"

/** Stores and publishes the value of a cell. */
export interface CellStore {
  /** `undefined` if nothing is stored. */
  read(): { value: unknown } | undefined
  /** As `read`, but without the changes of an open transaction. */
  committed(): { value: unknown } | undefined
  write(value: unknown): void
  /** Runs a change as an event, after the timers that are due. */
  event(change: () => void): void
  /** Delivers a new value to subscribers, after the commit of an open transaction. */
  publish(value: unknown): void
}

/** How the values of a cell are checked. Default: only that structured clone takes them. */
export interface CellOptions<T> {
  /** Checks and converts each value that is set, and each value that is read from storage. It must be synchronous. */
  schema?: StandardSchema<unknown, T>
  /**
   * Makes a valid value of a stored one that the schema refuses after a deploy. The result must pass the schema, and is not stored before
   * the next `set`. Default: reading such a value throws a `TypeError`.
   */
  migrate?: NoInfer<(stored: unknown) => T>
}

/** The options as an object. A schema alone is the most frequent option. */
export function cellOptions<T>(options: StandardSchema<unknown, T> | CellOptions<T> = {}): CellOptions<T> {
  if ("~standard" in options) return { schema: options }
  const { schema, migrate } = options
  checkNames("cell option", options, { schema, migrate })
  return options
}

/**
 * A value that survives hibernation, for one connection (`context.cell`) or for all connections of an object (`this.cell`). Reading
 * and writing are synchronous. The value must be one that structured clone takes. Change it by `set`, not in place.
 *
 * @example
 * ```ts
 * class Counter extends FlowObject {
 *   private readonly count = this.cell("count", 0)
 *   protected accept() {
 *     const add = Sink.forEach(() => this.count.update((count) => count + 1))
 *     return webSocket.endpoint(text, Flow.fromSinkAndSource(add, this.count.values.map(String)))
 *   }
 * }
 * ```
 */
export class Cell<T> {
  constructor(
    readonly name: string,
    private readonly initial: T,
    private readonly store: CellStore,
    private readonly channel: Channel<T>,
    private readonly options: CellOptions<T> = {},
  ) {}

  /**
   * The stored value, or the initial one.
   *
   * @throws TypeError for a stored value that the schema refuses, if there is no `migrate` or the schema refuses its result
   */
  get(): T {
    return this.valueOf(this.store.read())
  }

  /**
   * Stores a value and publishes it. Costs one written row for a cell of the object, and none for a cell of a connection.
   *
   * @throws TypeError for a value that structured clone or the schema refuses
   */
  set(value: T): void {
    const valid = this.validated(value)
    assertStorable(valid, `The value of the cell "${this.name}"`, "value")
    this.store.event(() => {
      this.store.write(valid)
      this.store.publish(valid)
    })
  }

  /** Sets the value that `f` makes of the current one. Throws as `get` and `set` do. */
  update(f: (value: T) => T): void {
    this.store.event(() => this.set(f(this.get())))
  }

  /** Emits each new value, from the start of the flow on. A slow subscriber gets the latest only. */
  get changes(): Source<T> {
    return this.channel.source({ bufferSize: 1, overflow: "dropHead" })
  }

  /** Emits the current value, in a transaction that from before, and then each new one. A slow subscriber gets the latest only. */
  get values(): Source<T> {
    return this.channel.source({ bufferSize: 1, overflow: "dropHead" }, () => [this.valueOf(this.store.committed())])
  }

  private valueOf(stored: { value: unknown } | undefined): T {
    // A copy, because a value that is changed in place must not get to other cells with the same initial value.
    return stored ? this.restored(stored.value) : (copyOfPlain(this.initial) as T)
  }

  /** Migrates a stored value that the schema refuses. */
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
