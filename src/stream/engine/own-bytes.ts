/** From how many containers on those that were seen are remembered: few states have more, and a set takes time to make. */
const few = 32

/**
 * What is to be saved, with bytes of its own: structured clone keeps the whole buffer of a view, so a view of a part of its
 * buffer is replaced by a copy of that part. Views are found at any depth in arrays, objects, maps and sets, which are copied
 * only where there is such a view; the value itself is never changed. Costs one look at each value in it, which is little
 * beside the structured clone that follows.
 */
export function withOwnBytes<T>(value: T): T {
  if (!holdsParts(value)) return value
  try {
    return copyOf(value) as T
  } catch {
    // It is nested too deep to be copied, and keeps its buffers whole.
    return value
  }
}

function isPart(value: unknown): value is ArrayBufferView {
  return ArrayBuffer.isView(value) && value.byteLength < value.buffer.byteLength
}

function holdsParts(value: unknown): boolean {
  const rest = [value]
  let seen: Set<unknown> | undefined
  for (let visited = 0; rest.length > 0; visited++) {
    const next = rest.pop()
    if (isPart(next)) return true
    if (visited > few) {
      seen ??= new Set()
      if (seen.has(next)) continue
      seen.add(next)
    }
    for (const child of childrenOf(next)) if (typeof child === "object" && child !== null) rest.push(child)
  }
  return false
}

const none: readonly unknown[] = []

/** What structured clone looks into. */
function childrenOf(value: unknown): Iterable<unknown> {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return none
  if (Array.isArray(value)) return value
  if (value instanceof Map) return [...value.keys(), ...value.values()]
  if (value instanceof Set) return value
  return isRecord(value) ? Object.values(value) : none
}

/** Not a date, an error or another object of which structured clone knows what it is. */
function isRecord(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || Object.prototype.toString.call(value) === "[object Object]"
}

/** A copy of containers and of parts of buffers, in which what was the same object still is. */
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

/** A container to fill; what structured clone does not look into is taken as it is. */
function emptyLike(value: object): object {
  if (Array.isArray(value)) return new Array(value.length)
  if (value instanceof Map) return new Map()
  if (value instanceof Set) return new Set()
  return isRecord(value) ? {} : value
}

function partOf(view: ArrayBufferView): ArrayBufferView {
  const { buffer, byteOffset, byteLength } = view
  if (view instanceof DataView) return new DataView(buffer.slice(byteOffset, byteOffset + byteLength))
  // A typed array of any type makes a new one of its own type.
  return Uint8Array.prototype.slice.call(view)
}
