/** From how many containers on those that were seen are remembered: few states have more, and a set takes time to make. */
const few = 32

/**
 * What is to be saved, with bytes of its own: structured clone keeps the whole buffer of a view, so a view of a part of its
 * buffer is replaced by a copy of that part. Views are found at any depth in arrays, objects, maps and sets, which are copied
 * only where there is such a view; the value itself is never changed. Costs one look at each value in it, which is little
 * beside the structured clone that follows.
 */
export function withOwnBytes<T>(value: T): T {
  return holdsParts(value) ? new Copy().of(value) : value
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
class Copy {
  private readonly copies = new Map<unknown, unknown>()
  /** How to fill each copy, so that the depth of a value takes no stack. */
  private readonly rest: (() => void)[] = []

  of<T>(value: T): T {
    const copy = this.begin(value)
    for (let fill = this.rest.pop(); fill; fill = this.rest.pop()) fill()
    return copy as T
  }

  private begin(value: unknown): unknown {
    if (typeof value !== "object" || value === null) return value
    if (this.copies.has(value)) return this.copies.get(value)
    const copy = this.copyOf(value)
    this.copies.set(value, copy)
    return copy
  }

  private copyOf(value: object): unknown {
    if (isPart(value)) return partOf(value)
    if (value instanceof Map) {
      const copy = new Map()
      this.rest.push(() => value.forEach((element, key) => copy.set(this.begin(key), this.begin(element))))
      return copy
    }
    if (value instanceof Set) {
      const copy = new Set()
      this.rest.push(() => value.forEach((element) => copy.add(this.begin(element))))
      return copy
    }
    if (!Array.isArray(value) && !isRecord(value)) return value
    const copy = Array.isArray(value) ? new Array(value.length) : {}
    this.rest.push(() => {
      for (const [key, element] of Object.entries(value)) {
        Object.defineProperty(copy, key, {
          value: this.begin(element),
          writable: true,
          enumerable: true,
          configurable: true,
        })
      }
    })
    return copy
  }
}

function partOf(view: ArrayBufferView): ArrayBufferView {
  const { buffer, byteOffset, byteLength } = view
  if (view instanceof DataView) return new DataView(buffer.slice(byteOffset, byteOffset + byteLength))
  // A typed array of any type makes a new one of its own type.
  return Uint8Array.prototype.slice.call(view)
}
