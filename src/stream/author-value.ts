/** STUB: the streams branch has the real one. */
export function describeValue(value: unknown): string {
  if (value instanceof Promise) return "a promise"
  if (typeof value === "function") return "a function"
  if (value === undefined || value === null) return String(value)
  if (typeof value === "object") return `an instance of ${value.constructor?.name ?? "nothing"}`
  return `a ${typeof value} (${String(value).slice(0, 40)})`
}
