import { hasFallback, onWire } from "./pipes.ts"

/** The part of a schema that tells which values it takes. */
interface Described {
  readonly type: string
  readonly expects: string
}

/**
 * A copy of valibot's schema that the conversion to JSON Schema describes better: without defaults that are not JSON or that a function
 * makes anew each time, without the checks behind a transformation, and with the schemas inside `nonOptional` and its like, which the
 * conversion does not know.
 */
export function wireSchema<Schema>(schema: Schema, copies = new Map<unknown, unknown>()): Schema {
  if (!isPlain(schema)) return schema
  const known = copies.get(schema)
  if (known !== undefined) return known as Schema
  if (isSchema(schema) && hasFallback(schema)) return wireSchema(anything(schema.fallback) as Schema, copies)
  const copy: unknown = Array.isArray(schema) ? [] : {}
  copies.set(schema, copy)
  for (const [key, part] of Object.entries(schema)) {
    if (key === "default" && isSchema(schema) && !isJson(part)) continue
    const seen = key === "pipe" && isSchema(schema) ? onWire(part) : part
    Object.assign(copy as object, { [key]: key === "getter" ? wireGetter(part, copies) : wireSchema(seen, copies) })
  }
  // Of the types that the conversion takes for the schema inside, this is the one that no object may lack.
  if (isSchema(schema) && /^non_(optional|nullable|nullish)$/.test(String(schema.type)))
    Object.assign(copy as object, { type: "undefinedable" })
  return copy as Schema
}

/** A schema that takes each value and none, as one with a fallback does. */
function anything(fallback: unknown): object {
  return { kind: "schema", type: "optional", wrapped: { kind: "schema", type: "any" }, default: fallback }
}

/** Whether a copy is that of `nonNullable` or `nonNullish`. */
export function isNonNull({ type, expects }: Described): boolean {
  return type === "undefinedable" && /^(!null|\(!null & !undefined\))$/.test(expects)
}

interface Tuple {
  readonly items: readonly Described[]
}

export function isTuple(schema: object): schema is Tuple {
  return "items" in schema && Array.isArray(schema.items)
}

/** The length of the shortest list that a tuple takes: an item at its end may be missing if it may be undefined. */
export function shortest({ items }: Tuple): number {
  return items.findLastIndex((item) => !takesUndefined(item)) + 1
}

function takesUndefined({ type, expects }: Described): boolean {
  return /^(any|unknown|undefined|void)$/.test(type) || /(^|[( ])undefined/.test(expects)
}

/** Whether an object is a schema, and no list of the schemas of properties, whose names can be the same. */
function isSchema(part: {
  readonly kind?: unknown
  readonly type?: unknown
}): part is { readonly type?: unknown; readonly fallback?: unknown } {
  return part.kind === "schema"
}

/** One function for each getter: by it the conversion detects that a schema refers to itself. */
function wireGetter(getter: unknown, copies: Map<unknown, unknown>): unknown {
  if (typeof getter !== "function") return wireSchema(getter, copies)
  if (!copies.has(getter)) copies.set(getter, () => wireSchema(getter(), copies))
  return copies.get(getter)
}

/** Whether a value is the same after it has been sent as JSON. */
function isJson(value: unknown): boolean {
  if (isPlain(value)) return Object.values(value).every(isJson)
  return value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value)
}

function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return Array.isArray(value) || prototype === Object.prototype || prototype === null
}
