import fc from "fast-check"
import { expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { asyncFlows, Desk } from "../support/async-flow.ts"
import type { Numbers } from "../support/operators.ts"
import { apply, scripts, type TestEvent } from "../support/script.ts"
import { show, TestEnvironment } from "../support/test-environment.ts"

async function observe(
  make: (environment: TestEnvironment, desk: Desk) => Numbers,
  script: readonly TestEvent[],
  sleeps: boolean,
): Promise<string[]> {
  const environment = new TestEnvironment()
  const desk = new Desk()
  const probe = Probe.flow(() => make(environment, desk))
  const seen: string[] = []
  for (const event of script) {
    const answer = apply(event, probe, environment)
    // Promises settle after some of the events only, so that others end with pending ones.
    if (event.value % 3 === 0) await desk.answer()
    if (event.sleeps && sleeps) {
      desk.clear()
      probe.hibernate()
    }
    const { received, ended, cancelled, demand } = probe
    seen.push(`${event.kind}(${event.value}) ${show({ answer, received, ended, cancelled, demand })}`)
  }
  return [...seen, ...environment.notes]
}

it("hibernation is invisible in a flow that waits for promises", { timeout: 60_000 }, async () => {
  const property = fc.asyncProperty(asyncFlows, scripts, async ({ make }, script) => {
    expect(await observe(make, script, true)).toEqual(await observe(make, script, false))
  })
  await fc.assert(property, { numRuns: 2_000 })
})

it("an input without an answer is asked for again", async () => {
  const desk = new Desk()
  const probe = Probe.flow(() => Flow.of<number>().mapAsync(2, (n) => desk.ask("a", n))).unbounded()
  probe.send(1, 2)
  desk.clear()
  probe.hibernate()
  await desk.answer()
  expect(probe.received).toEqual([1, 2])
})
