import type { ConnectionFacts } from "../socket/facts.ts"
import type { StandardSchema } from "../socket/json.ts"
import { Cell } from "./cell.ts"
import { Channel } from "./subscription.ts"

/** The facts of a connection, and cells of its own. */
export interface ConnectionScope<Given = unknown> extends ConnectionFacts<Given> {
  /** A value of this connection alone: kept with its socket, and gone with it. */
  cell<T>(name: string, initial: T, schema?: StandardSchema<unknown, T>): Cell<T>
}

/** The cells of one connection. */
export class OwnCells {
  /** Most connections have none. */
  private names: Set<string> | undefined

  /** @param values what is in those that were set */
  constructor(
    public values?: Map<string, unknown>,
    private readonly onChanged: () => void = () => {},
  ) {}

  scope(facts: ConnectionFacts): ConnectionScope {
    return { ...facts, cell: (name, initial, schema) => this.cell(name, initial, schema) }
  }

  private cell<T>(name: string, initial: T, schema?: StandardSchema<unknown, T>): Cell<T> {
    this.names ??= new Set()
    if (this.names.has(name)) throw new Error(`The connection has a cell "${name}" already`)
    this.names.add(name)
    const channel = new Channel<T>(`cell:${name}`)
    const store = {
      read: () => this.values?.get(name),
      write: (value: unknown) => {
        this.values ??= new Map()
        this.values.set(name, value)
        this.onChanged()
      },
      event: (change: () => void) => change(),
    }
    return new Cell(name, initial, store, (value) => channel.publish(value), channel, schema)
  }
}
