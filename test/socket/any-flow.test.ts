import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { text } from "../../src/socket/codec.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Client } from "../support/client.ts"
import { type Step, steps } from "../support/operators.ts"
import { disconnected, sinks, sources } from "../support/plans.ts"
import { TestEnvironment } from "../support/test-environment.ts"

const numbers = text.map(Number).contramap(String)
const fansIn = [
  "concat",
  "prepend",
  "orElse",
  "merge",
  "mergePrioritized",
  "interleave",
  "zip",
  "zipLatest",
  "killSwitch",
]
const substreams = ["flatMapPrefix", "groupBy", "splitWhen", "splitAfter"]
const nests = ["flatMapConcat", "flatMapMerge", "switchMap", "recoverWith", ...substreams]
const fansOut = ["alsoTo", "wireTap", "divertTo", "broadcast", "balance", "partition"]

const operators = Object.entries(steps(1))
const anyStep = fc.oneof(...operators.map(([, step]) => step))
const aloneSteps = operators.filter(([name]) => ![...fansIn, ...nests, ...fansOut].includes(name))
const stepAlone = fc.oneof(...aloneSteps.map(([, step]) => step))

/** Random flows of these steps; one in four starts with two unconnected ends. */
function flowsOf(step: fc.Arbitrary<Step>) {
  const ends = disconnected(sources(step), sinks(step))
  return fc.tuple(fc.option(ends, { freq: 3 }), fc.array(step, { maxLength: 4 })).map(([ends, below]) => ({
    make(environment: TestEnvironment) {
      const start = ends?.make(environment) ?? Flow.of<number>()
      return below.reduce((flow, step) => flow.via(step.make(environment)), start)
    },
    [fc.toStringMethod]: () => [ends?.text ?? "Flow.of()", ...below.map(({ text }) => text)].join("."),
  }))
}

const events = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ kind: fc.constant("send"), value: fc.integer({ min: 0, max: 9 }) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("advance"), value: fc.integer({ min: 0, max: 50 }) }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constantFrom("close", "vanish", "nonsense"), value: fc.constant(4000) }),
    },
  ),
  { maxLength: 30 },
)

function apply(client: Client<number, number>, { kind, value }: { kind: string; value: number }): void {
  if (kind === "send") client.send(String(value))
  if (kind === "advance") client.advance(value)
  if (kind === "close") client.close(value)
  if (kind === "vanish") client.vanish()
  if (kind === "nonsense") client.send(new Uint8Array(1))
}

const isClose = (frame: unknown) => typeof frame === "object" && !(frame instanceof Uint8Array)

describe("the connection of any flow", () => {
  it("closes once, sends nothing afterwards, and reports no more than one failure", () => {
    fc.assert(
      fc.property(flowsOf(anyStep), events, ({ make }, script) => {
        const client = new Client(numbers, make(new TestEnvironment()), { maxQueuedMessages: 4 }).open()
        for (const event of script) apply(client, event)
        const { received, errors } = client.close(4001).advance(1_000)
        expect(received.slice(0, -1).filter(isClose)).toEqual([])
        expect(errors.length).toBeLessThanOrEqual(1)
      }),
      { numRuns: 3_000 },
    )
  })

  it("leaves no timer, if no other source can hold up the client's messages", () => {
    fc.assert(
      fc.property(flowsOf(stepAlone), events, ({ make }, script) => {
        const client = new Client(numbers, make(new TestEnvironment()), { maxQueuedMessages: 4 }).open()
        for (const event of script) apply(client, event)
        client.close(4001).advance(40_000)
        expect(client.clock.pending).toBe(0)
      }),
      { numRuns: 3_000 },
    )
  })
})
