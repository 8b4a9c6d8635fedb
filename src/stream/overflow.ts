import { requireOneOf } from "./argument.ts"
import { type None, none } from "./engine/emitter.ts"
import { BufferOverflowError } from "./errors.ts"

/**
 * The effect of an element that arrives at a full buffer: `backpressure` holds back the demand, `dropHead` drops the oldest
 * element, `dropTail` the youngest, `dropNew` the arriving one, `dropBuffer` all buffered ones, and `fail` fails the stream
 * with a `BufferOverflowError`. As in Pekko.
 */
export type OverflowStrategy = "backpressure" | "dropHead" | "dropTail" | "dropNew" | "dropBuffer" | "fail"

/** A strategy for a buffer that is filled from outside, where backpressure cannot reach the producer. */
export type DropStrategy = Exclude<OverflowStrategy, "backpressure">

/** Adds an element to a buffer of at most `bufferSize` elements. `true` if the element is in the buffer afterwards. */
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

/** Removes the oldest element of a buffer. Uses `pop` for the last one: after a `shift` V8 allocates the array anew. */
export function dequeue<T>(buffer: T[]): T | None {
  if (buffer.length === 0) return none
  return (buffer.length === 1 ? buffer.pop() : buffer.shift()) as T
}

export const dropStrategies: readonly DropStrategy[] = ["dropHead", "dropTail", "dropNew", "dropBuffer", "fail"]

/** Checks the strategy of a buffer: an unknown one would leave the buffer unbounded. */
export function requireStrategy(what: string, strategy: OverflowStrategy): void {
  requireOneOf(what, strategy, ["backpressure", ...dropStrategies])
}

/** Checks the strategy of a buffer that is filled from outside. */
export function requireDropStrategy(what: string, strategy: DropStrategy): void {
  requireOneOf(what, strategy, dropStrategies)
}
