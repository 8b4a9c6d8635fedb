/** An item of a pipe in valibot: a schema, a check, a transformation or metadata. */
interface Item {
  readonly kind?: unknown
  readonly type?: unknown
  readonly pipe?: readonly Item[]
  /** The schemas that a schema has, by its kind: `optional`, `union`, `record`. */
  readonly wrapped?: Item
  readonly options?: readonly Item[]
  readonly key?: Item
  readonly fallback?: unknown
}

/** Whether an action changes types and no values. */
export function isForTypes({ type }: { readonly type: unknown }): boolean {
  return /^(brand|flavor|readonly)$/.test(String(type))
}

/** Whether a schema takes each value. A pipe has the fallback of its first schema, which does not replace what the pipe refuses. */
export function hasFallback(schema: Item): boolean {
  return "fallback" in schema && !("fallback" in (schema.pipe?.[0] ?? {}))
}

/**
 * The part of a pipe that is about the value on the wire: up to the first item that changes it, and metadata. What follows is about
 * another value. The conversion goes on behind `trim` and its like, and behind objects without the keys that they do not know.
 */
export function onWire<T extends Item>(pipe: readonly T[]): T[] {
  const end = endOnWire(pipe)
  return [...pipe.slice(0, end), ...pipe.slice(end).filter(({ kind }) => kind === "metadata")]
}

/** The types of transformations in a schema and in its parts, and of what is applied after them. */
export function appliedAfter(part: unknown, seen = new Set<unknown>()): string[] {
  if (typeof part !== "object" || part === null || seen.has(part)) return []
  seen.add(part)
  const { kind, type, getter, pipe }: { kind?: unknown; type?: unknown; getter?: unknown; pipe?: unknown } = part
  const after = Array.isArray(pipe) ? checksIn(pipe.slice(endOnWire(pipe))) : []
  const parts = Object.values(part)
  if (typeof getter === "function" && !seen.has(getter)) parts.push(getter())
  seen.add(getter)
  const inner = parts.flatMap((one) => appliedAfter(one, seen))
  const own = kind === "transformation" && !isForTypes({ type }) ? [String(type)] : []
  // It is described as any value, so its checks are left out.
  if (kind === "schema" && hasFallback(part)) own.push("fallback")
  return [...own, ...inner, ...after]
}

function endOnWire([first, ...items]: readonly Item[]): number {
  if (first && changes(first)) return 1
  const at = items.findIndex((item) => item.kind === "schema" || changes(item))
  return at < 0 ? items.length + 1 : at + 1
}

/** Whether what follows in a pipe gets another value than an item does. */
function changes(item: Item): boolean {
  const { kind, type, pipe = [], wrapped, options = [], key } = item
  if (kind === "transformation") return !isForTypes({ type })
  if (kind !== "schema") return false
  // They drop the keys and items that they do not know. Of a lazy schema it is not known.
  if (type === "object" || type === "tuple" || type === "lazy") return true
  if ("fallback" in item) return true
  return [...pipe, wrapped, ...options, key].some((one) => one !== undefined && changes(one))
}

function checksIn(items: readonly Item[]): string[] {
  return items.flatMap(({ kind, type, pipe = [] }) => [
    ...(kind === "validation" || kind === "schema" ? [String(type)] : []),
    ...checksIn(pipe),
  ])
}
