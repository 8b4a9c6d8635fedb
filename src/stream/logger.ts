/** One line of the log. */
export interface LogEntry {
  readonly level: "info" | "warn" | "error"
  /** What has happened, in a few words that are always the same. */
  readonly event: string
  /** The path of the connection's route as it was written. */
  readonly route?: string
  /** The path of the actor. */
  readonly actor?: string
  /** The name of a cell, a shared source or a row. */
  readonly name?: string
  /** The id of the connection. */
  readonly connection?: string
  /** The close code that the client got or sent. */
  readonly code?: number
  /** How often, where several are logged in one line. */
  readonly count?: number
  /** The error that was thrown; never shown to a client. */
  readonly cause?: unknown
}

/** Where log entries go. It must not throw. */
export type Logger = (entry: LogEntry) => void

let logger: Logger = jsonLogger

/** Sends what is logged elsewhere, in the whole Worker. Default: `jsonLogger`. */
export function setLogger(replacement: Logger): void {
  logger = replacement
}

export function log(entry: LogEntry): void {
  logger(entry)
}

/** Writes warnings and errors to the console, each as one line of JSON. */
export function jsonLogger(entry: LogEntry): void {
  if (entry.level === "info") return
  console[entry.level](lineOf(entry))
}

/** Whatever was thrown is no reason to throw here. */
function lineOf(entry: LogEntry): string {
  try {
    return JSON.stringify(entry, (_, value) => toJson(value))
  } catch {
    // It is part of itself.
    const { cause } = entry
    return JSON.stringify({ ...entry, cause: cause instanceof Error ? cause.stack : typeof cause })
  }
}

/** What JSON would leave out, or refuse. */
function toJson(value: unknown): unknown {
  if (typeof value === "bigint") return String(value)
  if (!(value instanceof Error)) return value
  const { name, message, stack, cause } = value
  return { name, message, stack, cause }
}
