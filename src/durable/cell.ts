import type { StandardSchema } from "../socket/json.ts"
import type { Source } from "../stream/source.ts"
import type { Channel } from "./subscription.ts"

/** Where a cell's value is kept. */
export interface CellStore {
  read(): unknown
  write(value: unknown): void
  /** Runs a change as an event, so that what was due before comes before. */
  event(change: () => void): void
}

/**
 * A value shared by the sink and the source of a flow, or by all connections of an object, that outlives hibernation. Reading
 * and writing are synchronous; the value must be one that structured clone keeps.
 */
export class Cell<T> {
  private value: { current: T } | undefined

  constructor(
    readonly name: string,
    private readonly initial: T,
    private readonly store: CellStore,
    private readonly publish: (value: T) => void,
    private readonly channel: Channel<T>,
    private readonly schema?: StandardSchema<unknown, T>,
  ) {}

  get(): T {
    this.value ??= { current: this.load() }
    return this.value.current
  }

  /** Writes the value, one row in storage where the cell lives as long as the object; a `TypeError` if the schema refuses it. */
  set(value: T): void {
    const current = this.check(value)
    this.store.event(() => {
      this.store.write(current)
      this.value = { current }
      this.publish(current)
    })
  }

  update(f: (value: T) => T): void {
    this.store.event(() => this.set(f(this.get())))
  }

  /** The new value whenever it was set. A slow reader gets the latest. */
  get changes(): Source<T> {
    return this.channel.source({ bound: 1, overflow: "dropHead" })
  }

  private load(): T {
    const stored = this.store.read()
    return stored === undefined ? this.initial : this.check(stored)
  }

  private check(value: unknown): T {
    if (!this.schema) return value as T
    const result = this.schema["~standard"].validate(value)
    if (result instanceof Promise) throw new TypeError(`The schema of the cell "${this.name}" is asynchronous`)
    if (!result.issues) return result.value
    const messages = result.issues.map(({ message }) => message).join("; ")
    throw new TypeError(`The cell "${this.name}" cannot hold this value: ${messages}`)
  }
}
