/** A stored value as JSON, with the values that JSON does not have. */
export function toGolden(value: unknown): string {
  return `${JSON.stringify(value, (_, part) => encoded(part), 2)}\n`
}

/** The stored value again. */
export function fromGolden(json: string): unknown {
  return decoded(JSON.parse(json))
}

function encoded(part: unknown): unknown {
  if (part === undefined) return { undefined: true }
  return part instanceof Map ? { map: [...part] } : part
}

function decoded(part: unknown): unknown {
  if (typeof part !== "object" || part === null) return part
  if (Array.isArray(part)) return part.map(decoded)
  if ("undefined" in part) return undefined
  if ("map" in part) return new Map(decoded(part.map) as [unknown, unknown][])
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, decoded(value)]))
}
