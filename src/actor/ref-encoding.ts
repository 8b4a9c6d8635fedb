import { isObject } from "../stream/author-value.ts"
import { type Copies, copyOf, isPlain } from "../stream/plain-copy.ts"
import { ActorRef, type AnyRef, Kill, PoisonPill } from "./actor-ref.ts"

/**
 * The key of the plain object that stands for a ref in saved values, because structured clone keeps no classes. Its value is the path of
 * the ref, `true` for `PoisonPill`, `false` for `Kill`, or a list of one plain object that has this key itself.
 */
const mark = "sluice:actor"
type Marked = Record<typeof mark, unknown>

/**
 * The most levels of nesting in a value. Overflows of the stack were seen at about 3,000 levels. The bound is far below, so that an
 * encoded value can be decoded with less of the stack left.
 */
const maxDepth = 1_000

/**
 * Replaces each ref by a plain object, `{ "sluice:actor": path }`. A value without refs is returned as it is. A plain object that has
 * this key already is wrapped, so that a client cannot forge a ref. Throws a `RangeError` for a value that is nested more than
 * 1,000 levels deep.
 */
export function encodeRefs(value: unknown): unknown {
  const known: Copies = new Map()
  let hasRefs = false
  let depth = 0
  const encoded = (part: unknown): unknown => {
    const isRef = part instanceof ActorRef || part === PoisonPill || part === Kill
    if (!isRef && !isObject(part)) return part
    if (isRef || isMarked(part)) hasRefs = true
    if (isRef) return { [mark]: part instanceof ActorRef ? durablePath(part.path) : part === PoisonPill }
    if (++depth > maxDepth) throw new RangeError(`A value that is nested more than ${maxDepth} levels deep is not kept`)
    const copy = copyOf(part, encoded, known)
    depth--
    return isMarked(part) ? { [mark]: [copy] } : copy
  }
  const copy = encoded(value)
  return hasRefs ? copy : value
}

/** Returns a path that is valid after hibernation. Throws a `TypeError` for the path of an actor in another object. */
function durablePath(path: string): string {
  if (!path.startsWith("//")) return path
  throw new TypeError(
    `The ref of ${path} cannot be kept: keep the names of the object and of the actor, and use remoteActor again`,
  )
}

/** The opposite of `encodeRefs`. */
export function decodeRefs(value: unknown, refTo: (path: string) => AnyRef): unknown {
  const known: Copies = new Map()
  const decoded = (part: unknown): unknown => {
    if (!isObject(part)) return part
    if (!isMarked(part)) return copyOf(part, decoded, known)
    const { [mark]: meant } = part
    if (typeof meant === "string") return refTo(meant)
    if (Array.isArray(meant)) return copyOf(meant[0], decoded, known)
    return meant === false ? Kill : PoisonPill
  }
  return decoded(value)
}

function isMarked(value: object): value is Marked {
  return isPlain(value) && Object.hasOwn(value, mark)
}
