import fc from "fast-check"
import type { Probe } from "../../src/testing/probe/probe.ts"
import { show, TestEnvironment } from "./test-environment.ts"

/** An event from outside of a flow, after which the flow may hibernate. */
export interface TestEvent {
  kind: "send" | "request" | "advance" | "stall" | "offer" | "toggle" | "completeQueue" | "complete" | "fail" | "cancel"
  value: number
  sleeps: boolean
}

type Kind = TestEvent["kind"]
const often: readonly Kind[] = ["send", "send", "send", "request", "request", "advance", "advance", "offer", "toggle"]
const seldom: readonly Kind[] = ["stall", "complete", "completeQueue", "fail", "cancel"]

export const scripts: fc.Arbitrary<TestEvent[]> = fc.array(
  fc.record<TestEvent>({
    kind: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...often) },
      { weight: 1, arbitrary: fc.constantFrom(...seldom) },
    ),
    value: fc.integer({ min: 0, max: 9 }),
    sleeps: fc.boolean(),
  }),
  { minLength: 1, maxLength: 25, size: "max" },
)

/** Applies an event. Ignores one that is not possible now. */
export function apply({ kind, value }: TestEvent, probe: Probe<number, unknown>, environment: TestEnvironment): string {
  if (kind === "send" && probe.demand) probe.send(value)
  if (kind === "request") probe.request(value === 9 ? 1_000 : value)
  if (kind === "advance") probe.advance(value * 5)
  if (kind === "stall") probe.clock.stall(value * 5)
  if (kind === "complete") probe.complete()
  if (kind === "fail") probe.fail(new RangeError(`failure ${value}`))
  if (kind === "cancel") probe.cancel(value % 2 === 0 ? undefined : new RangeError(`cause ${value}`))
  if (kind === "completeQueue") environment.queue?.complete()
  if (kind === "toggle") {
    environment.running = !environment.running
    probe.request(0)
  }
  return kind === "offer" && environment.queue ? environment.queue.offer(value) : ""
}

/** The observable state after each event, with or without hibernation in between. */
export function observe(
  start: (environment: TestEnvironment) => Probe<number, unknown>,
  script: readonly TestEvent[],
  sleeps: boolean,
): string[] {
  const environment = new TestEnvironment()
  const probe = start(environment)
  return script.map((event) => {
    const answer = apply(event, probe, environment)
    if (sleeps && event.sleeps) probe.hibernate()
    const { received, ended, cancelled, demand, result, clock } = probe
    return `${event.kind}(${event.value}) ${show({ received, ended, cancelled, demand, result, answer, at: clock.now(), did: environment.notes })}`
  })
}
