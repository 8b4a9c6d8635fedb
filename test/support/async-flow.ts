import fc from "fast-check"
import { Flow } from "../../src/stream/flow.ts"
import { RestartFlow } from "../../src/stream/restart-flow.ts"
import { RestartSource } from "../../src/stream/restart-source.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { settled } from "../../src/testing/settled.ts"
import { count, eager } from "./operator-step.ts"
import { type Numbers, type Step, steps } from "./operators.ts"
import type { Plan } from "./plans.ts"
import type { TestEnvironment } from "./test-environment.ts"

/** Answers questions when the script says so. */
export class Desk {
  private questions: { asker: string; n: number; answer: () => void }[] = []

  /** The promise of the answer to a question, which is the number itself. The question 7 fails. */
  ask(asker: string, n: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const answer = n === 7 ? () => reject(new RangeError(`asked for ${n}`)) : () => resolve(n)
      this.questions.push({ asker, n, answer })
    })
  }

  /** Answers all questions, in an order that does not depend on the order in which they were asked. */
  async answer(): Promise<void> {
    await settled()
    const asked = this.questions.splice(0).toSorted((a, b) => a.asker.localeCompare(b.asker) || a.n - b.n)
    for (const { answer } of asked) answer()
    await settled()
  }

  /** The object of the askers is evicted, so they get no answer. */
  clear(): void {
    this.questions = []
  }
}

/** An operator that waits for promises, below any flow of numbers. `asker` is its name at the desk. */
type AsyncStep = (asker: string, flow: Numbers, desk: Desk) => Numbers

type AsyncPlan = { text: string; apply: AsyncStep }

const flatAsyncSteps: fc.Arbitrary<AsyncPlan> = fc.oneof(
  fc.tuple(count, eager).map(([parallelism, isOrdered]) => ({
    text: `mapAsync${isOrdered ? "" : "Unordered"}(${parallelism})`,
    apply: (asker: string, flow: Numbers, desk: Desk) =>
      isOrdered
        ? flow.mapAsync(parallelism, (n) => desk.ask(asker, n))
        : flow.mapAsyncUnordered(parallelism, (n) => desk.ask(asker, n)),
  })),
  count.map((parallelism) => ({
    text: `mapAsyncPartitioned(${parallelism})`,
    apply: (asker: string, flow: Numbers, desk: Desk) =>
      flow.mapAsyncPartitioned(
        parallelism,
        (n) => n % 2,
        (n) => desk.ask(asker, n),
      ),
  })),
  fc.constant({
    text: "foldAsync()",
    apply: (asker: string, flow: Numbers, desk: Desk) =>
      flow.foldAsync(0, async (sum, n) => (sum * 3 + (await desk.ask(asker, n))) % 101),
  }),
  fc.constantFrom("flatMapConcat" as const, "switchMap" as const).map((operator) => ({
    text: `${operator}(fromPromise())`,
    apply: (asker: string, flow: Numbers, desk: Desk) =>
      flow[operator]((n) => Source.fromPromise(() => desk.ask(asker, n)).concat(Source.single(n))),
  })),
  fc.constantFrom("merge" as const, "concat" as const, "zipLatest" as const).map((joined) => ({
    text: `${joined}(fromPromise())`,
    apply(asker: string, flow: Numbers, desk: Desk) {
      const source = Source.fromPromise(() => desk.ask(asker, 5))
      return joined === "zipLatest" ? flow.zipLatest(source).map(([n, m]) => n + m) : flow[joined](source)
    },
  })),
)

const backoff = { minBackoff: 5, maxBackoff: 20, randomFactor: 0, maxRestarts: 2 }

/** Operators whose substreams, restarts or branches wait for promises. `flow` makes such a flow, for elements of their own if they are numbered. */
const nestings: Record<string, (flow: Numbers, waiting: (n?: number) => Numbers) => Numbers> = {
  groupBy: (flow, waiting) =>
    flow.groupBy(
      3,
      (n) => n % 3,
      (substream, key) => substream.via(waiting(key)),
    ),
  splitWhen: (flow, waiting) =>
    flow.splitWhen(
      (n) => n % 4 === 0,
      (substream) => substream.via(waiting()),
    ),
  splitAfter: (flow, waiting) =>
    flow.splitAfter(
      (n) => n % 4 === 0,
      (substream) => substream.via(waiting()),
    ),
  flatMapPrefix: (flow, waiting) => flow.flatMapPrefix(1, ([n = 0], tail) => tail.via(waiting(n))),
  flatMapConcat: (flow, waiting) => flow.flatMapConcat((n) => Source.range(n, n + 1).via(waiting(n))),
  flatMapMerge: (flow, waiting) => flow.flatMapMerge(2, (n) => Source.range(n, n + 1).via(waiting(n))),
  switchMap: (flow, waiting) => flow.switchMap((n) => Source.range(n, n + 1).via(waiting(n))),
  restart: (flow, waiting) => flow.via(RestartFlow.withBackoff(backoff, () => waiting())),
  restartOnFailure: (flow, waiting) => flow.via(RestartFlow.onFailuresWithBackoff(backoff, () => waiting())),
  restartSource: (flow, waiting) =>
    flow.merge(RestartSource.onFailuresWithBackoff(backoff, () => Source.range(5, 8).via(waiting()))),
  broadcast: (flow, waiting) =>
    flow.broadcast(
      (all) => all.via(waiting()),
      (all) => all,
    ),
  balance: (flow, waiting) =>
    flow.balance(
      (some) => some.via(waiting(1)),
      (some) => some.via(waiting(2)),
    ),
  partition: (flow, waiting) =>
    flow.partition(
      (n) => n % 2,
      (some) => some.via(waiting(1)),
      (some) => some,
    ),
  divertTo: (flow, waiting) => flow.divertTo(waiting().to(Sink.ignore()), (n) => n % 2 === 0),
  alsoTo: (flow, waiting) => flow.alsoTo(waiting().to(Sink.ignore())),
  recoverWith: (flow, waiting) => flow.via(waiting(1)).recoverWith(() => Source.range(1, 3).via(waiting(2))),
  orElse: (flow, waiting) => flow.orElse(Source.range(1, 3).via(waiting())),
  prepend: (flow, waiting) => flow.prepend(Source.range(1, 3).via(waiting())),
  interleave: (flow, waiting) => flow.interleave(Source.range(1, 3).via(waiting()), 1),
  mergePreferred: (flow, waiting) => flow.mergePreferred(Source.range(1, 3).via(waiting())),
  zip: (flow, waiting) => flow.zip(Source.range(1, 3).via(waiting())).map(([n, m]) => n + m),
  lazy: (flow, waiting) => flow.merge(Source.lazy(() => Source.range(1, 3).via(waiting()))),
}

const nestedAsyncSteps: fc.Arbitrary<AsyncPlan> = fc
  .tuple(flatAsyncSteps, fc.constantFrom(...Object.entries(nestings)))
  .map(([{ text, apply }, [name, nest]]) => ({
    text: `${name}(${text})`,
    apply: (asker, flow, desk) => nest(flow, (n = 0) => apply(`${asker} ${n}`, Flow.of<number>(), desk)),
  }))

const asyncSteps = fc.oneof(flatAsyncSteps, nestedAsyncSteps)

const anyStep: fc.Arbitrary<Step> = fc.oneof(...Object.values(steps(1)))

/** Random flows with operators that wait for promises. */
export const asyncFlows = fc
  .tuple(fc.array(anyStep, { maxLength: 2 }), asyncSteps, fc.array(anyStep, { maxLength: 2 }), fc.option(asyncSteps))
  .map(([above, waiting, below, last]) => {
    const make = (environment: TestEnvironment, desk: Desk): Numbers => {
      const via = (flow: Numbers, step: Plan<Numbers>) => flow.via(step.make(environment))
      const asking = waiting.apply("first", above.reduce(via, Flow.of<number>()), desk)
      const flow = below.reduce(via, asking)
      return last ? last.apply("second", flow, desk) : flow
    }
    const text = [...above, waiting, ...below, ...(last ? [last] : [])].map(({ text }) => text).join(".")
    return { text, make, [fc.toStringMethod]: () => text }
  })
