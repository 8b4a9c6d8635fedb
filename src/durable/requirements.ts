/**
 * The lowest runtime with `ctx.storage.kv` and `getByName` (1.20250801 lacks them, and 1.20250310 does not load the package).
 */
const lowestRuntime = "workerd 1.20251001"

/** The handlers that a subclass may extend, but not replace. */
const handlers = ["webSocketMessage", "webSocketClose", "webSocketError", "alarm"] as const

type Handler = (typeof handlers)[number]

/** Throws an `Error` for a runtime that is too old, and a `TypeError` for a class that is bound without SQLite. */
export function checkStorage(type: { name: string }, storage: DurableObjectStorage): void {
  try {
    // `kv` is missing on an old runtime; without SQLite it throws.
    if ("kv" in storage && storage.kv !== undefined) {
      storage.kv.get("sluice:alarm")
      return
    }
  } catch (cause) {
    throw new TypeError(
      `${type.name} needs a Durable Object with SQLite: name it in "new_sqlite_classes" of a migration in wrangler.toml. "new_classes" gives none`,
      { cause },
    )
  }
  throw new Error(`${type.name} needs ${lowestRuntime} or newer: this runtime has no ctx.storage.kv`)
}

/** Throws a `TypeError` for a subclass that replaces a handler, because flows would get no messages, closes or timers. */
export function checkHandlers(object: Pick<Record<Handler, unknown>, Handler>, base: Record<Handler, unknown>): void {
  for (const name of handlers) {
    const own = object[name]
    if (own === base[name] || String(own).includes(`super.${name}`)) continue
    throw new TypeError(
      `${object.constructor.name} replaces ${name}, so its flows would not get what the runtime delivers: call super.${name}(…) in it. ` +
        "Sockets that were accepted without a flow are ignored there",
    )
  }
}

/** An object with an alarm handler. */
interface Alarmed {
  alarm(info?: AlarmInvocationInfo): unknown
}

/**
 * Observes the argument of an override of `alarm`, because the override may call `super.alarm()` without it. The scheduled time in it
 * decides which ticks are still to be delivered. If the alarm wakes the object, only this argument has the scheduled time.
 */
export function observeAlarm(object: Alarmed, base: Alarmed, observe: (info?: AlarmInvocationInfo) => void): void {
  const override = object.alarm
  if (override === base.alarm) return
  const value = (info?: AlarmInvocationInfo) => {
    observe(info)
    return override.call(object, info)
  }
  Object.defineProperty(object, "alarm", { value, configurable: true, writable: true })
}
