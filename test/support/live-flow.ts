import fc from "fast-check"
import { Flow } from "../../src/stream/flow.ts"
import type { EvictionPolicy } from "../../src/stream/live-options.ts"
import { RestartFlow } from "../../src/stream/restart-flow.ts"
import { RestartSource } from "../../src/stream/restart-source.ts"
import { Source } from "../../src/stream/source.ts"
import { settled } from "../../src/testing/settled.ts"
import { identity, type Numbers, steps } from "./operators.ts"
import type { Plan } from "./plans.ts"
import type { TestEnvironment } from "./test-environment.ts"

/** A server that has the next number ready for each reader that waits, and drops readers whose process is gone. */
export class NumberServer {
  /** How many readers have not got all of their numbers. */
  running = 0
  private waiting: { n: number; resolve: () => void }[] = []

  /** Three numbers from n × 10 on, without the first ones. */
  async *numbers(n: number, skipped: number): AsyncGenerator<number> {
    this.running++
    for (let index = skipped; index < 3; index++) {
      await new Promise<void>((resolve) => this.waiting.push({ n, resolve }))
      yield n * 10 + index
    }
    this.running--
  }

  /** Each waiting reader gets its number, in an order that does not depend on the order in which they began. */
  async deliver(): Promise<void> {
    await settled()
    for (const { resolve } of this.waiting.splice(0).sort((a, b) => a.n - b.n)) resolve()
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

const backoff = { minBackoff: 5, maxBackoff: 20, randomFactor: 0, maxRestarts: 2 }
type Answers = (n: number) => Source<number>

/** Operators whose elements, substreams, restarts or other sources are live. */
const livings: Record<string, (flow: Numbers, answers: Answers) => Numbers> = {
  flatMapConcat: (flow, answers) => flow.flatMapConcat(answers),
  switchMap: (flow, answers) => flow.switchMap(answers),
  flatMapMerge: (flow, answers) => flow.flatMapMerge(2, answers),
  groupBy: (flow, answers) =>
    flow.groupBy(
      3,
      (n) => n % 3,
      (substream) => substream.flatMapConcat(answers),
    ),
  splitWhen: (flow, answers) =>
    flow.splitWhen(
      (n) => n % 4 === 0,
      (substream) => substream.switchMap(answers),
    ),
  flatMapPrefix: (flow, answers) => flow.flatMapPrefix(1, ([n = 0], tail) => tail.merge(answers(n))),
  restart: (flow, answers) =>
    flow.via(RestartFlow.onFailuresWithBackoff(backoff, () => Flow.of<number>().flatMapConcat(answers))),
  restartSource: (flow, answers) => flow.merge(RestartSource.withBackoff(backoff, () => answers(1))),
  recoverWith: (flow, answers) => flow.recoverWith(() => answers(1)),
  lazy: (flow, answers) => flow.merge(Source.lazy(() => answers(1))),
  concat: (flow, answers) => flow.concat(answers(1)),
  prepend: (flow, answers) => flow.prepend(answers(1)),
  orElse: (flow, answers) => flow.orElse(answers(1)),
  interleave: (flow, answers) => flow.interleave(answers(1), 2),
  zip: (flow, answers) => flow.zip(answers(1)).map(([n, m]) => n + m),
  mergePreferred: (flow, answers) => flow.mergePreferred(answers(1)),
  killSwitch: (flow, answers) => flow.killSwitch(answers(1).drop(2)),
  broadcast: (flow, answers) =>
    flow.broadcast(
      (all) => all.flatMapConcat(answers),
      (all) => all,
    ),
}

/** A live source for each element, or beside the elements, in the middle of a random flow that begins with one of `starts`. */
export const liveFlows = (starts: fc.Arbitrary<Plan<Numbers>> = fc.constant(identity)) =>
  fc
    .tuple(
      starts,
      fc.array(anyStep, { maxLength: 1 }),
      fc.constantFrom(...Object.entries(livings)),
      fc.array(anyStep, { maxLength: 2 }),
    )
    .map(([start, above, [name, apply], below]) => {
      const texts = [start.text, ...above.map(({ text }) => text), `${name}(live)`, ...below.map(({ text }) => text)]
      return {
        make: (environment: TestEnvironment, server: NumberServer, policy: Policy): Numbers => {
          const begun = through(start.make(environment), above, environment)
          return through(
            apply(begun, (n) => live(server, policy, n)),
            below,
            environment,
          )
        },
        [fc.toStringMethod]: () => texts.join("."),
      }
    })
