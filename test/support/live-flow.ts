import fc from "fast-check"
import { Flow } from "../../src/stream/flow.ts"
import type { EvictionPolicy } from "../../src/stream/live-options.ts"
import { Source } from "../../src/stream/source.ts"
import { settled } from "../../src/testing/settled.ts"
import { identity, type Numbers, steps } from "./operators.ts"
import type { Plan } from "./plans.ts"
import type { TestEnvironment } from "./test-environment.ts"

/** A server that has the next number ready for each reader that waits, and drops readers whose process is gone. */
export class NumberServer {
  /** How many readers have not got all of their numbers. */
  running = 0
  private waiting: (() => void)[] = []

  /** Three numbers from n × 10 on, without the first ones. */
  async *numbers(n: number, skipped: number): AsyncGenerator<number> {
    this.running++
    for (let index = skipped; index < 3; index++) {
      await new Promise<void>((resolve) => this.waiting.push(resolve))
      yield n * 10 + index
    }
    this.running--
  }

  /** Each waiting reader gets its number. */
  async deliver(): Promise<void> {
    await settled()
    for (const resolve of this.waiting.splice(0)) resolve()
    await settled()
  }

  cut(): void {
    this.waiting = []
    this.running = 0
  }
}

export type Policy = (server: NumberServer, n: number) => EvictionPolicy<number, number>

export const policies = {
  restart: () => "restart",
  fail: () => "fail",
  continuation: (server, n) => ({
    position: (number) => number - n * 10 + 1,
    continueFrom: (position) => server.numbers(n, position),
  }),
} satisfies Record<string, Policy>

/** The numbers of the server for n. */
export const live = (server: NumberServer, policy: Policy, n: number): Source<number> =>
  Source.fromAsync((_, delivered) => server.numbers(n, delivered), { onEviction: policy(server, n) })

const anyStep = fc.oneof(...Object.values(steps(1)))
const through = (flow: Numbers, plans: readonly Plan<Numbers>[], environment: TestEnvironment) =>
  plans.reduce((flow, plan) => flow.via(plan.make(environment)), flow)

/** A live source for each element, in the middle of a random flow that begins with one of `starts`. */
export const liveFlows = (starts: fc.Arbitrary<Plan<Numbers>> = fc.constant(identity)) =>
  fc
    .tuple(
      starts,
      fc.array(anyStep, { maxLength: 1 }),
      fc.constantFrom("flatMapConcat" as const, "switchMap" as const),
      fc.array(anyStep, { maxLength: 2 }),
    )
    .map(([start, above, operator, below]) => {
      const texts = [
        start.text,
        ...above.map(({ text }) => text),
        `${operator}(live)`,
        ...below.map(({ text }) => text),
      ]
      return {
        make: (environment: TestEnvironment, server: NumberServer, policy: Policy): Numbers => {
          const begun = through(start.make(environment), above, environment)
          const answers = Flow.of<number>()[operator]((n) => live(server, policy, n))
          return through(begun.via(answers), below, environment)
        },
        [fc.toStringMethod]: () => texts.join("."),
      }
    })
