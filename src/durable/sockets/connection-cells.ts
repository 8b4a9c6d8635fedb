import type { ConnectionInfo } from "../../socket/connection-info.ts"
import type { StandardSchema } from "../../socket/json.ts"
import { unstorablePart } from "../../stream/storable.ts"
import { Cell, type CellOptions, cellOptions } from "../shared/cell.ts"
import { Channel } from "../shared/channel.ts"

/** The info of a connection, and its own cells. */
export interface ConnectionContext<Data = unknown> extends ConnectionInfo<Data> {
  /**
   * A value of this connection, stored with its socket. It ends with the connection. Call it once for each name, in `accept`.
   *
   * @param name unique in the connection
   * @param initial the value until `set` is called. It is not stored.
   * @param options a schema that checks values, or a schema and a `migrate` for stored values that it refuses
   * @throws Error for a name that the connection has already; TypeError for an unknown option
   */
  cell<T>(name: string, initial: T): Cell<T>
  cell<T>(name: string, initial: NoInfer<T>, options: StandardSchema<unknown, T> | CellOptions<T>): Cell<T>
}

/** The cells of one connection. */
export class ConnectionCells {
  /** Most connections have no cell. */
  private names: Set<string> | undefined

  /** A value was set. Assigned when the connection is built; `accept` may set values before that. */
  onDirty: () => void = () => {}
  /** Runs a change as an event, because an author may set a value outside of one, as when a promise settles. Assigned with `onDirty`. */
  event: (change: () => void) => void = (change) => change()

  /** @param values the values that were set */
  constructor(public values?: Map<string, unknown>) {}

  context(info: ConnectionInfo): ConnectionContext {
    return { ...info, cell: (...given: Parameters<typeof this.cell>) => this.cell(...given) }
  }

  /** An error that names the cell whose value structured clone refuses; `undefined` if there is none. */
  unstorable(): Error | undefined {
    for (const [name, value] of this.values ?? []) {
      const part = unstorablePart(value, "value")
      if (part)
        return new TypeError(
          `The value of the connection's cell "${name}" must be what structured clone takes: ${part}`,
        )
    }
    return undefined
  }

  private cell<T>(name: string, initial: T, options?: StandardSchema<unknown, T> | CellOptions<T>): Cell<T> {
    this.names ??= new Set()
    if (this.names.has(name)) throw new Error(`The connection has a cell "${name}" already: make it once in accept`)
    this.names.add(name)
    const channel = new Channel<T>(`cell:${name}`)
    const read = () => (this.values?.has(name) ? { value: this.values.get(name) } : undefined)
    const store = {
      read,
      committed: read,
      write: (value: unknown) => {
        this.values ??= new Map()
        this.values.set(name, value)
        this.onDirty()
      },
      event: (change: () => void) => this.event(change),
      publish: (value: unknown) => channel.publish(value as T),
    }
    return new Cell(name, initial, store, channel, cellOptions(options))
  }
}
