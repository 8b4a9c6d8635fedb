import fc from "fast-check"
import { Flow } from "../../src/stream/flow.ts"
import type { Plan } from "./plans.ts"
import type { TestEnvironment } from "./test-environment.ts"

export type Numbers = Flow<number, number>

/** An operator with its arguments, to be put below any flow of numbers. */
export interface Step extends Plan<Numbers> {
  apply(flow: Numbers, environment: TestEnvironment): Numbers
}

type Operator = (name: string) => fc.Arbitrary<Step>

/** An operator with random arguments; `apply` maps its output to numbers again. */
export function step<Args extends unknown[]>(
  args: { [I in keyof Args]: fc.Arbitrary<Args[I]> },
  apply: (flow: Numbers, environment: TestEnvironment, ...args: Args) => Numbers,
): Operator {
  return (name) =>
    fc.tuple<Args>(...args).map((values) => {
      const below = (flow: Numbers, environment: TestEnvironment) => apply(flow, environment, ...values)
      const text = values.map((value) => (isPlan(value) ? value.text : JSON.stringify(value))).join(", ")
      return { text: `${name}(${text})`, apply: below, make: (environment) => below(Flow.of<number>(), environment) }
    })
}

const isPlan = (value: unknown): value is Plan<unknown> =>
  typeof value === "object" && value !== null && "text" in value

export const count = fc.integer({ min: 1, max: 3 })
export const time = fc.constantFrom(10, 20, 30)
export const overflow = fc.constantFrom("backpressure", "dropHead", "dropTail", "dropNew", "dropBuffer", "fail")
export const eager = fc.boolean()
export const digest = (numbers: readonly number[]) => numbers.reduce((sum, n) => (sum * 10 + n) % 9973, numbers.length)
/** Empties an emitted array, which must not be one that a stage keeps. */
export const taken = (numbers: number[]) => digest(numbers.splice(0))
export const isOdd = (n: number) => n % 2 !== 0
