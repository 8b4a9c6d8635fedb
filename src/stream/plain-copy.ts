import { isObject } from "./author-value.ts"

/** The copies of the objects that have been copied already. */
export type Copies = Map<object, unknown>

/** A copy of the plain objects, lists, maps and sets in a value. All other parts stay the same, such as functions and class instances. */
export function copyOfPlain(value: unknown): unknown {
  const known: Copies = new Map()
  const copied = (part: unknown): unknown => (isObject(part) ? copyOf(part, copied, known) : part)
  return copied(value)
}

/** Copies a value, with `each` applied to its parts. Shared parts stay shared, and circles stay circles. */
export function copyOf(value: object, each: (part: unknown) => unknown, known: Copies): unknown {
  const remember = <T extends object>(copy: T) => {
    known.set(value, copy)
    return copy
  }
  if (known.has(value)) return known.get(value)
  if (Array.isArray(value)) {
    const copy = remember<unknown[]>([])
    for (const part of value) copy.push(each(part))
    return copy
  }
  if (value instanceof Map) {
    const copy = remember(new Map())
    for (const [key, part] of value) copy.set(each(key), each(part))
    return copy
  }
  if (value instanceof Set) {
    const copy = remember(new Set())
    for (const part of value) copy.add(each(part))
    return copy
  }
  if (!isPlain(value)) return value
  const copy = remember({})
  // Defined rather than assigned, because a key may be "__proto__".
  const property = (part: unknown) => ({ value: each(part), writable: true, enumerable: true, configurable: true })
  for (const [key, part] of Object.entries(value)) Object.defineProperty(copy, key, property(part))
  return copy
}

export function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
