import fc from "fast-check"
import { expect, it } from "vitest"
import { EvictionError } from "../../src/stream/errors.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { settled } from "../../src/testing/settled.ts"
import { live, liveFlows, NumberServer, policies } from "../support/live-flow.ts"
import type { Numbers } from "../support/operators.ts"
import { apply, scripts, type TestEvent } from "../support/script.ts"
import { show, TestEnvironment } from "../support/test-environment.ts"

async function observe(
  make: (environment: TestEnvironment, server: NumberServer) => Numbers,
  script: readonly TestEvent[],
  sleeps: boolean,
): Promise<string[]> {
  const environment = new TestEnvironment()
  const server = new NumberServer()
  const probe = Probe.flow(() => make(environment, server))
  const seen: string[] = []
  for (const event of script) {
    seen.push(apply(event, probe, environment))
    await server.deliver()
    if (event.sleeps && sleeps) {
      server.cut()
      probe.hibernate()
    }
  }
  await server.deliver()
  return [...seen, show(probe.received), show(probe.ended), show(probe.cancelled), ...environment.notes]
}

it.each(["restart", "continuation"] as const)(
  "hibernation is invisible in a flow with live sources and %s",
  async (name) => {
    const property = fc.asyncProperty(liveFlows(), scripts, async ({ make }, script) => {
      const run = (sleeps: boolean) => observe((...args) => make(...args, policies[name]), script, sleeps)
      expect(await run(true)).toEqual(await run(false))
    })
    await fc.assert(property, { numRuns: 1_000 })
  },
)

it("with fail hibernation is invisible, except for the EvictionError of an interrupted source", async () => {
  const property = fc.asyncProperty(scripts, async (script) => {
    const server = new NumberServer()
    const probe = Probe.flow(() => Flow.of<number>().flatMapConcat((n) => live(server, policies.fail, n))).unbounded()
    const environment = new TestEnvironment()
    const sent: number[] = []
    for (const event of script) {
      if (event.kind === "send" && probe.demand) sent.push(event.value)
      if (event.kind === "send") apply(event, probe, environment)
      await server.deliver()
      if (!event.sleeps) continue
      const wasRunning = server.running > 0
      server.cut()
      probe.hibernate().unbounded()
      await settled()
      expect(probe.ended).toEqual(wasRunning ? { failed: expect.any(EvictionError) } : undefined)
      if (wasRunning) break
    }
    const all = sent.flatMap((n) => [n * 10, n * 10 + 1, n * 10 + 2])
    if (!probe.ended) for (let round = 0; round < 4; round++) await server.deliver()
    expect(probe.received).toEqual(probe.ended ? all.slice(0, probe.received.length) : all)
  })
  await fc.assert(property, { numRuns: 1_000 })
})
