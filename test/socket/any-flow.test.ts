import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { text } from "../../src/socket/codec.ts"
import { BufferOverflowError } from "../../src/stream/errors.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import type { Termination } from "../../src/stream/stages/termination.ts"
import { TestClock } from "../../src/testing/test-clock.ts"
import { Client, closed } from "../support/client.ts"
import { type Step, steps } from "../support/operators.ts"
import { disconnected, sinks, sources } from "../support/plans.ts"
import { TestEnvironment } from "../support/test-environment.ts"

const numbers = text.map(Number).contramap(String)
const fansIn = [
  "concat",
  "prepend",
  "orElse",
  "merge",
  "mergePreferred",
  "mergePrioritized",
  "mergeLatest",
  "interleave",
  "zip",
  "zipLatest",
  "killSwitch",
]
const substreams = ["flatMapPrefix", "groupBy", "splitWhen", "splitAfter"]
const nests = ["flatMapConcat", "flatMapMerge", "switchMap", "recoverWith", ...substreams]

const operators = Object.entries(steps(1))
const anyStep = fc.oneof(...operators.map(([, step]) => step))
/** An operator with another source, also in a branch. */
const withOthers = new RegExp(`\\b(${[...fansIn, ...nests].join("|")})\\(`)
const aloneSteps = operators.filter(([name]) => ![...fansIn, ...nests].includes(name))
const stepAlone = fc.oneof(...aloneSteps.map(([, step]) => step.filter(({ text }) => !withOthers.test(text))))

/** Random flows of these steps; one in four starts with two unconnected ends, unless all are to be connected. */
function flowsOf(step: fc.Arbitrary<Step>, areConnected = false) {
  const ends = areConnected ? fc.constant(null) : fc.option(disconnected(sources(step), sinks(step)), { freq: 3 })
  return fc.tuple(ends, fc.array(step, { maxLength: 4 })).map(([ends, below]) => ({
    make(environment: TestEnvironment) {
      const start = ends?.make(environment) ?? Flow.of<number>()
      return below.reduce((flow, step) => flow.via(step.make(environment)), start)
    },
    [fc.toStringMethod]: () => [ends?.text ?? "Flow.of()", ...below.map(({ text }) => text)].join("."),
  }))
}

const send = fc.record({ kind: fc.constant("send"), value: fc.integer({ min: 0, max: 9 }) })
const advance = fc.record({ kind: fc.constant("advance"), value: fc.integer({ min: 0, max: 50 }) })
const end = fc.record({ kind: fc.constantFrom("close", "vanish", "nonsense"), value: fc.constant(4000) })
const often = [
  { weight: 8, arbitrary: send },
  { weight: 4, arbitrary: advance },
] as const
const events = fc.array(fc.oneof(...often, { weight: 1, arbitrary: end }), { maxLength: 30 })
const messages = fc.array(fc.oneof(...often), { maxLength: 30 })

function apply(client: Client<number, number>, { kind, value }: { kind: string; value: number }): void {
  if (kind === "send") client.send(String(value))
  if (kind === "advance") client.advance(value)
  if (kind === "close") client.close(value)
  if (kind === "vanish") client.vanish()
  if (kind === "nonsense") client.send(new Uint8Array(1))
}

const isClose = (frame: unknown) => typeof frame === "object" && !(frame instanceof Uint8Array)

function closeOf(termination: Termination) {
  if (termination.type !== "failed") return closed(1000)
  return termination.error instanceof BufferOverflowError
    ? closed(1013, "Too many messages are waiting")
    : closed(1011, "")
}

/** The elements and the end of a flow that runs as a stream, as a client receives them. */
function streamed(flow: Flow<number, number>, script: readonly { kind: string; value: number }[]): unknown[] {
  const received: unknown[] = []
  const clock = new TestClock()
  const input = Source.queue<number>(256)
  let isCancelled = false
  const stream = input.source
    .onTermination(({ type }) => {
      if (type === "cancelled") isCancelled = true
    })
    .via(flow)
    .onTermination((termination) => void received.push(closeOf(termination)))
  const elements = Sink.forEach((n: number) => void received.push(String(n)))
  stream.runWith(elements, { clock }).catch(() => {})
  for (const { kind, value } of script) {
    if (kind === "send") input.offer(value)
    else clock.advance(value)
  }
  clock.advance(40_000)
  // A connection is closed when its flow has cancelled its input, and no element is in flight.
  return isCancelled && !received.some(isClose) ? [...received, closed(1000)] : received
}

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

  it("sends its client the elements of the flow and closes as the flow ends, without another source", () => {
    fc.assert(
      fc.property(flowsOf(stepAlone, true), messages, ({ make }, script) => {
        const client = new Client(numbers, make(new TestEnvironment())).open()
        for (const event of script) apply(client, event)
        expect(client.advance(40_000).received).toEqual(streamed(make(new TestEnvironment()), script))
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
