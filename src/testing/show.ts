/** Formats a value like code, for errors of tests and to compare observations. Errors are shown by name and message. */
export function show(value: unknown): string {
  if (value === undefined) return "undefined"
  return JSON.stringify(value, (_, part) => shown(part)) ?? String(value)
}

function shown(part: unknown): unknown {
  if (part instanceof Error) return `${part.name}: ${part.message}`
  if (part instanceof Map || part instanceof Set) return [part.constructor.name, ...part]
  if (part instanceof Uint8Array) return `bytes ${[...part].join(" ")}`
  if (part instanceof ArrayBuffer) return `bytes ${[...new Uint8Array(part)].join(" ")}`
  if (typeof part === "bigint") return `${part}n`
  return part
}
