import { wrongValue } from "./author-value.ts"

/** One line of the log. */
export interface LogEntry {
  readonly level: "info" | "warn" | "error"
  /** The event, in a few fixed words. */
  readonly event: string
  /** The pattern of the connection's route. */
  readonly route?: string
  /** The path of the actor. */
  readonly actor?: string
  /** The name of a cell, a shared source or a row. */
  readonly name?: string
  /** The id of the connection. */
  readonly connection?: string
  /** The close code that the client got or sent. */
  readonly code?: number
  /** The number of events, if one entry stands for several. */
  readonly count?: number
  /** The thrown error; never sent to a client. */
  readonly cause?: unknown
}

/** Receives log entries. It must not throw. */
export type Logger = (entry: LogEntry) => void

let logger: Logger = jsonLogger

/**
 * Replaces the logger of the whole Worker. Default: `jsonLogger`.
 *
 * @throws a `TypeError` for anything but a function
 */
export function setLogger(replacement: Logger): void {
  if (typeof replacement !== "function") {
    throw wrongValue("setLogger takes a function of a log entry, and got", replacement, "write setLogger(jsonLogger)")
  }
  logger = replacement
}

export function log(entry: LogEntry): void {
  logger(entry)
}

/** Writes each warning and error to the console as one line of JSON. Drops entries of the level `info`. */
export function jsonLogger(entry: LogEntry): void {
  if (entry.level === "info") return
  console[entry.level](lineOf(entry))
}

/** Must not throw, whatever `cause` is. */
function lineOf(entry: LogEntry): string {
  try {
    return JSON.stringify(entry, (_, value) => toJson(value))
  } catch {
    // The cause contains itself.
    const { cause } = entry
    return JSON.stringify({ ...entry, cause: cause instanceof Error ? cause.stack : typeof cause })
  }
}

/** Converts values that JSON would omit or refuse. */
function toJson(value: unknown): unknown {
  if (typeof value === "bigint") return String(value)
  if (!(value instanceof Error)) return value
  const { name, message, stack, cause } = value
  return { name, message, stack, cause }
}
