/** The number of values after which visited values are kept in a set. Few states have more values, and making a set takes time. */
const unremembered = 32

/**
 * Replaces each view of a part of a buffer by a copy of that part, because structured clone would save the whole buffer. Finds
 * views at any depth in arrays, objects, maps and sets. Containers of such views are copied; the given value is not changed.
 * Visits each nested value once, which costs little compared with the structured clone that follows.
 */
export function withOwnBytes<T>(value: T): T {
  if (!holdsParts(value)) return value
  try {
    return copyOf(value) as T
  } catch {
    // The value is nested too deeply to be copied, so its buffers are saved whole.
    return value
  }
}

function isPart(value: unknown): value is ArrayBufferView {
  return ArrayBuffer.isView(value) && value.byteLength < value.buffer.byteLength
}

function holdsParts(value: unknown): boolean {
  if (typeof value !== "object" || value === null || isFlat(value)) return false
  const pending: object[] = []
  let seen: Set<unknown> | undefined
  let visited = 0
  for (let next: object | undefined = value; next; next = pending.pop(), visited++) {
    if (isPart(next)) return true
    if (visited > unremembered) {
      seen ??= new Set()
      if (seen.has(next)) continue
      seen.add(next)
    }
    for (const child of childrenOf(next)) if (typeof child === "object" && child !== null) pending.push(child)
  }
  return false
}

/** Most states are lists without lists or objects in them. */
function isFlat(value: object): boolean {
  return Array.isArray(value) && !value.some((part) => typeof part === "object" && part !== null)
}

const none: readonly unknown[] = []

/** The nested values that structured clone copies. */
function childrenOf(value: object): readonly unknown[] {
  if (Array.isArray(value)) return value
  if (ArrayBuffer.isView(value)) return none
  if (value instanceof Map) return [...value.keys(), ...value.values()]
  if (value instanceof Set) return [...value]
  return isRecord(value) ? Object.values(value) : none
}

/** A plain object or an instance of an author's class; not a date, an error or another built-in that structured clone keeps. */
function isRecord(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || Object.prototype.toString.call(value) === "[object Object]"
}

/** Copies containers and parts of buffers, and preserves the identity of objects within the value. */
function copyOf(value: unknown, copies = new Map<unknown, unknown>()): unknown {
  if (typeof value !== "object" || value === null) return value
  if (copies.has(value)) return copies.get(value)
  const copy = isPart(value) ? partOf(value) : emptyLike(value)
  copies.set(value, copy)
  if (copy instanceof Map && value instanceof Map) {
    for (const [key, element] of value) copy.set(copyOf(key, copies), copyOf(element, copies))
  } else if (copy instanceof Set && value instanceof Set) {
    for (const element of value) copy.add(copyOf(element, copies))
  } else if (Array.isArray(value) || isRecord(value)) {
    for (const [key, element] of Object.entries(value)) {
      const own = { value: copyOf(element, copies), writable: true, enumerable: true, configurable: true }
      Object.defineProperty(copy, key, own)
    }
  }
  return copy
}

/** An empty container of the same type; other objects are returned unchanged. */
function emptyLike(value: object): object {
  if (Array.isArray(value)) return new Array(value.length)
  if (value instanceof Map) return new Map()
  if (value instanceof Set) return new Set()
  return isRecord(value) ? {} : value
}

function partOf(view: ArrayBufferView): ArrayBufferView {
  const { buffer, byteOffset, byteLength } = view
  if (view instanceof DataView) return new DataView(buffer.slice(byteOffset, byteOffset + byteLength))
  // `slice` of any typed array returns an array of the same type.
  return Uint8Array.prototype.slice.call(view)
}
