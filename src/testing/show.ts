/** Formats a value like code, for errors of tests and to compare observations. Different values look different. */
export function show(value: unknown): string {
  return shown(value, [])
}

/** @param within the objects that contain the value */
function shown(value: unknown, within: readonly object[]): string {
  if (typeof value === "string") return JSON.stringify(value)
  if (typeof value === "bigint") return `${value}n`
  if (typeof value === "function") return nameOf(value)
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? "-0" : String(value)
  if (within.includes(value)) return "(circular)"
  return withClass(value, (part) => shown(part, [...within, value]))
}

/** The name of a class, and the code of any other function. */
export function nameOf(callable: { readonly name: string }): string {
  const code = String(callable)
  return code.startsWith("class") ? callable.name : code
}

function withClass(value: object, inner: (part: unknown) => string): string {
  const type = Object.getPrototypeOf(value)?.constructor ?? Object
  if (value instanceof Error) return `${value.name}: ${value.message}`
  if (value instanceof Date) return `Date ${Number.isNaN(value.getTime()) ? "invalid" : value.toISOString()}`
  const elements = elementsOf(value)
  if (elements) return `${type === Array ? "" : `${type.name} `}[${elements.map(inner)}]`
  if (value instanceof RegExp) return String(value)
  // Such as a URL, which has no properties of its own.
  if ("toJSON" in value && typeof value.toJSON === "function") return `${type.name} ${inner(value.toJSON())}`
  const primitive: unknown = value.valueOf?.()
  if (Object(primitive) !== primitive) return `${type.name} ${inner(primitive)}`
  const parts = Object.entries(value).map(([key, part]) => `${JSON.stringify(key)}:${inner(part)}`)
  return `${type === Object ? "" : `${type.name} `}{${parts}}`
}

/** The elements of a list, a collection or bytes; `undefined` for any other object. */
function elementsOf(value: object): unknown[] | undefined {
  return Array.isArray(value) || value instanceof Map || value instanceof Set ? [...value] : bytesOf(value)
}

/** The bytes of a buffer or of a view; `undefined` for any other object. */
export function bytesOf(value: object): number[] | undefined {
  if (value instanceof ArrayBuffer) return [...new Uint8Array(value)]
  if (ArrayBuffer.isView(value)) return [...new Uint8Array(value.buffer, value.byteOffset, value.byteLength)]
}
