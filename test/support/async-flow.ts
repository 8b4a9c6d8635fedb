import fc from "fast-check"
import { Flow } from "../../src/stream/flow.ts"
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

const asyncSteps: fc.Arbitrary<{ text: string; apply: AsyncStep }> = fc.oneof(
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
