import type { Cost } from "../memory/disk.ts"

/** Counts the writes to storage of all objects of the isolate together, because the runtime has one prototype for their storage. */
export class Meter {
  cost: Cost = { rowsWritten: 0, alarms: 0 }
  private isReading = false

  /** Counts from now on. `storage` may be that of any object. */
  watch(storage: DurableObjectStorage): void {
    if (this.isReading) return
    this.isReading = true
    after(Object.getPrototypeOf(storage), "setAlarm", () => this.cost.alarms++)
    after(Object.getPrototypeOf(storage.kv), "put", () => this.cost.rowsWritten++)
    after(Object.getPrototypeOf(storage.kv), "delete", (existed) => (this.cost.rowsWritten += existed ? 1 : 0))
    after(Object.getPrototypeOf(storage.sql), "exec", (cursor) => {
      this.cost.rowsWritten += Number(Reflect.get(Object(cursor), "rowsWritten"))
    })
  }
}

/** Wraps a method so that `observe` gets its result. */
function after(prototype: object, name: string, observe: (returned: unknown) => void): void {
  const method: unknown = Reflect.get(prototype, name)
  if (typeof method !== "function") return
  Object.defineProperty(prototype, name, {
    configurable: true,
    writable: true,
    value(this: unknown, ...args: unknown[]) {
      const returned: unknown = Reflect.apply(method, this, args)
      observe(returned)
      return returned
    },
  })
}
