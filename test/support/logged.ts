import { type LogEntry, setLogger } from "../../src/stream/logger.ts"

/** The warnings and errors that are logged from now on. */
export function logged(): LogEntry[] {
  const entries: LogEntry[] = []
  setLogger((entry) => void (entry.level !== "info" && entries.push(entry)))
  return entries
}
