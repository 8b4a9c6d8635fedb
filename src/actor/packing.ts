import { ActorRef, type AnyRef, PoisonPill } from "./actor-ref.ts"

/** What stands for a ref in what is kept: structured clone knows no classes. */
const mark = "sluice:actor"
type Marked = Record<typeof mark, unknown>

/**
 * The value with a plain object, `{ "sluice:actor": path }`, in place of each ref; the value itself where there is none. What
 * looks like such an object already is wrapped: nobody makes a ref by sending one.
 */
export function pack(value: unknown): unknown {
  const known: Copies = new Map()
  let hasRefs = false
  const packed = (part: unknown): unknown => {
    const isRef = part instanceof ActorRef || part === PoisonPill
    if (!isRef && !isObject(part)) return part
    if (isRef || isMarked(part)) hasRefs = true
    if (isRef) return { [mark]: part === PoisonPill ? true : kept(part.path) }
    const copy = copyOf(part, packed, known)
    return isMarked(part) ? { [mark]: [copy] } : copy
  }
  const copy = packed(value)
  return hasRefs ? copy : value
}

/** A path that leads to somebody after a sleep, too. */
function kept(path: string): string {
  if (!path.startsWith("//")) return path
  throw new TypeError(
    `The ref of ${path} cannot be kept: keep the names of the object and of the actor, and use actorIn again`,
  )
}

/** The opposite of `pack`. */
export function unpack(value: unknown, refTo: (path: string) => AnyRef): unknown {
  const known: Copies = new Map()
  const unpacked = (part: unknown): unknown => {
    if (!isObject(part)) return part
    if (!isMarked(part)) return copyOf(part, unpacked, known)
    const { [mark]: meant } = part
    if (typeof meant === "string") return refTo(meant)
    return Array.isArray(meant) ? copyOf(meant[0], unpacked, known) : PoisonPill
  }
  return unpacked(value)
}

type Copies = Map<object, unknown>

/** A copy with the parts that `each` makes of the parts. What is shared stays shared, and circles stay circles. */
function copyOf(value: object, each: (part: unknown) => unknown, known: Copies): unknown {
  const kept = <T extends object>(copy: T) => {
    known.set(value, copy)
    return copy
  }
  if (known.has(value)) return known.get(value)
  if (Array.isArray(value)) {
    const copy = kept<unknown[]>([])
    for (const part of value) copy.push(each(part))
    return copy
  }
  if (value instanceof Map) {
    const copy = kept(new Map())
    for (const [key, part] of value) copy.set(each(key), each(part))
    return copy
  }
  if (value instanceof Set) {
    const copy = kept(new Set())
    for (const part of value) copy.add(each(part))
    return copy
  }
  if (!isPlain(value)) return value
  const copy = kept({})
  // Not by assignment: a key may be "__proto__".
  const property = (part: unknown) => ({ value: each(part), writable: true, enumerable: true, configurable: true })
  for (const [key, part] of Object.entries(value)) Object.defineProperty(copy, key, property(part))
  return copy
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function isMarked(value: object): value is Marked {
  return isPlain(value) && Object.hasOwn(value, mark)
}
