import type { ConnectionInfo } from "../../socket/connection-info.ts"
import type { StandardSchema } from "../../socket/json.ts"
import { unstorablePart } from "../../stream/storable.ts"
import { Cell, type CellOptions, cellOptions } from "../shared/cell.ts"
import { Channel } from "../shared/channel.ts"

/** The info of a connection, and its own cells. */
export interface ConnectionContext<Data = unknown> extends ConnectionInfo<Data> {
  /** A value of this connection alone: kept with its socket, and deleted with it. */
  cell<T>(name: string, initial: T, options?: StandardSchema<unknown, T> | CellOptions<T>): Cell<T>
}

/** The cells of one connection. */
export class ConnectionCells {
  /** Most connections have no cell. */
  private names: Set<string> | undefined

  /** A value was set. Assigned when the connection is built, since `accept` may set values before. */
  onDirty: () => void = () => {}

  /** @param values the values that were set */
  constructor(public values?: Map<string, unknown>) {}

  scope(info: ConnectionInfo): ConnectionContext {
    return { ...info, cell: (name, initial, options) => this.cell(name, initial, options) }
  }

  /** Names the cell whose value structured clone refuses; `undefined` if it takes all of them. */
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
    const store = {
      read: () => (this.values?.has(name) ? { value: this.values.get(name) } : undefined),
      write: (value: unknown) => {
        this.values ??= new Map()
        this.values.set(name, value)
        this.onDirty()
      },
      event: (change: () => void) => change(),
      publish: (value: unknown) => channel.publish(value as T),
    }
    return new Cell(name, initial, store, channel, cellOptions(options))
  }
}
