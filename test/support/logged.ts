import { type LogEntry, setLogger } from "../../src/stream/logger.ts"

/** What is logged from now on as a warning or an error. */
export function logged(): LogEntry[] {
  const entries: LogEntry[] = []
  setLogger((entry) => void (entry.level !== "info" && entries.push(entry)))
  return entries
}
