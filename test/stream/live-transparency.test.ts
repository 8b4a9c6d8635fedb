import fc from "fast-check"
import { expect, it } from "vitest"
import { EvictionError } from "../../src/stream/errors.ts"
import { Flow } from "../../src/stream/flow.ts"
import type { EvictionPolicy } from "../../src/stream/live-options.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { settled } from "../../src/testing/settled.ts"
import { identity, type Numbers, steps } from "../support/operators.ts"
import type { Plan } from "../support/plans.ts"
import { apply, scripts, type TestEvent } from "../support/script.ts"
import { show, TestEnvironment } from "../support/test-environment.ts"

/** A server that has the next number ready for each reader that waits, and lets go of readers whose process is gone. */
class NumberServer {
  private waiting: (() => void)[] = []

  /** Three numbers from n × 10 on, without the first ones. */
  async *numbers(n: number, skipped: number): AsyncGenerator<number> {
    for (let index = skipped; index < 3; index++) {
      await new Promise<void>((resolve) => this.waiting.push(resolve))
      yield n * 10 + index
    }
  }

  /** Each waiting reader gets its number. */
  async deliver(): Promise<void> {
    await settled()
    for (const resolve of this.waiting.splice(0)) resolve()
    await settled()
  }

  cut(): void {
    this.waiting = []
  }
}

type Policy = (server: NumberServer, n: number) => EvictionPolicy<number, number>

const policies: Record<string, Policy> = {
  restart: () => "restart",
  fail: () => "fail",
  continuation: (server, n) => ({
    position: (number) => number - n * 10 + 1,
    continueFrom: (position) => server.numbers(n, position),
  }),
}

const anyStep = fc.oneof(...Object.values(steps(1)))

/** A live source for each element, in the middle of a random flow. */
const anyFlow = fc
  .tuple(
    fc.array(anyStep, { maxLength: 1 }),
    fc.constantFrom("flatMapConcat" as const, "switchMap" as const),
    fc.array(anyStep, { maxLength: 2 }),
  )
  .map(([above, operator, below]) => {
    const all = [...above.map(({ text }) => text), `${operator}(live)`, ...below.map(({ text }) => text)]
    const through = (flow: Numbers, plans: readonly Plan<Numbers>[], environment: TestEnvironment) =>
      plans.reduce((flow, plan) => flow.via(plan.make(environment)), flow)
    return {
      make: (environment: TestEnvironment, server: NumberServer, policy: Policy): Numbers => {
        const live = (n: number) =>
          Source.fromAsync((_, delivered) => server.numbers(n, delivered), { onEviction: policy(server, n) })
        const start = through(identity.make(environment), above, environment)
        return through(start.via(Flow.of<number>()[operator](live)), below, environment)
      },
      [fc.toStringMethod]: () => all.join("."),
    }
  })

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

it.each(["restart", "continuation"])("hibernation is invisible in a flow with live sources and %s", async (name) => {
  const policy = policies[name] as Policy
  const property = fc.asyncProperty(anyFlow, scripts, async ({ make }, script) => {
    const run = (sleeps: boolean) => observe((...args) => make(...args, policy), script, sleeps)
    expect(await run(true)).toEqual(await run(false))
  })
  await fc.assert(property, { numRuns: 1_000 })
})

it("with fail hibernation is invisible, but for the EvictionError of a source that was under way", async () => {
  const policy = policies.fail as Policy
  const property = fc.asyncProperty(scripts, async (script) => {
    const server = new NumberServer()
    let running = 0
    const live = (n: number) =>
      Source.fromAsync(
        async function* (_, delivered) {
          running++
          yield* server.numbers(n, delivered)
          running--
        },
        { onEviction: policy(server, n) },
      )
    const probe = Probe.flow(() => Flow.of<number>().flatMapConcat(live)).unbounded()
    const environment = new TestEnvironment()
    const sent: number[] = []
    for (const event of script) {
      if (event.kind === "send" && probe.demand) sent.push(event.value)
      if (event.kind === "send") apply(event, probe, environment)
      await server.deliver()
      if (!event.sleeps) continue
      const wasRunning = running > 0
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
