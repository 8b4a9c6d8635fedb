import { oneOf, wholeNumber } from "./argument.ts"
import { type None, none } from "./engine/emitter.ts"
import { BufferOverflowError } from "./errors.ts"

/**
 * What a full buffer does with one more element: wait (`backpressure`), drop the oldest (`dropHead`), the youngest
 * (`dropTail`), the new one (`dropNew`) or all that it holds (`dropBuffer`), or `fail` with a `BufferOverflowError`.
 */
export type OverflowStrategy = "backpressure" | "dropHead" | "dropTail" | "dropNew" | "dropBuffer" | "fail"

/** Puts an element into a buffer of at most `bufferSize`; whether the element is in it afterwards. */
export function enqueue<T>(buffer: T[], element: T, bufferSize: number, strategy: OverflowStrategy): boolean {
  if (buffer.length >= bufferSize) {
    if (strategy === "fail") throw new BufferOverflowError(`The buffer is full: ${bufferSize} elements`)
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

/** The bound of a buffer, checked; `what` is the operator and its argument, such as `buffer: bufferSize`. */
export function atLeastOne(bufferSize: number, what: string): number {
  return wholeNumber(what, bufferSize, { least: 1 })
}

const strategies = ["backpressure", "dropHead", "dropTail", "dropNew", "dropBuffer", "fail"] as const

/** The strategy of a buffer, checked: with one that there is not, a buffer would have no bufferSize. */
export function checkStrategy(what: string, strategy: OverflowStrategy, canWait = true): void {
  oneOf(what, strategy, canWait ? strategies : strategies.slice(1))
}
