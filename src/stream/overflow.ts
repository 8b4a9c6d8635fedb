import { type None, none } from "./emitter.ts"
import { BufferOverflowError } from "./errors.ts"

/**
 * What a full buffer does with one more element: wait (`backpressure`), drop the oldest (`dropHead`), the youngest
 * (`dropTail`), the new one (`dropNew`) or all that it holds (`dropBuffer`), or `fail` with a `BufferOverflowError`.
 */
export type OverflowStrategy = "backpressure" | "dropHead" | "dropTail" | "dropNew" | "dropBuffer" | "fail"

/** Puts an element into a buffer of at most `bound`; whether the element is in it afterwards. */
export function enqueue<T>(buffer: T[], element: T, bound: number, strategy: OverflowStrategy): boolean {
  if (buffer.length >= bound) {
    if (strategy === "fail") throw new BufferOverflowError(`The buffer is full: ${bound} elements`)
    if (strategy === "dropNew") return false
    if (strategy === "dropHead") buffer.shift()
    if (strategy === "dropTail") buffer.pop()
    if (strategy === "dropBuffer") buffer.length = 0
  }
  buffer.push(element)
  return true
}

/** Takes the oldest element of a buffer. A `shift` of the only one would have the array allocated anew for the next. */
export function first<T>(buffer: T[]): T | None {
  if (buffer.length === 0) return none
  return (buffer.length === 1 ? buffer.pop() : buffer.shift()) as T
}

/** The bound of a buffer, checked. */
export function atLeastOne(bound: number, what: string): number {
  if (Number.isInteger(bound) && bound >= 1) return bound
  throw new RangeError(`${what} must be a whole number of at least 1, not ${bound}`)
}
