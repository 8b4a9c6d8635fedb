import fc from "fast-check"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { settled } from "../../src/testing/settled.ts"
import { closed } from "../support/client.ts"
import { live, liveFlows, NumberServer, policies } from "../support/live-flow.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject, type MemorySocket } from "../support/memory-object.ts"
import { listening, play, type ScriptTarget, scripts, type TestEvent } from "../support/object-script.ts"
import { identity, type Numbers } from "../support/operators.ts"
import { ObjectEnvironment, ScriptedObject } from "../support/scripted-object.ts"
import type { TestEnvironment } from "../support/test-environment.ts"

beforeEach(() => {
  logged()
})
afterEach(() => vi.useRealTimers())

const interrupted = closed(1012, "The service was interrupted")

/** The frames of both clients. A client gets a number of its server after each event of its socket, which has restored its flow. */
async function observe(
  make: (environment: TestEnvironment, server: NumberServer) => Numbers,
  script: readonly TestEvent[],
  sleeps: boolean,
) {
  const sockets: MemorySocket[] = []
  const servers = [new NumberServer(), new NumberServer()]
  const serverOf = (client: number) => servers[client] as NumberServer
  let interruptions = 0
  const open = async (flow: string): Promise<ScriptTarget> => {
    const object = new MemoryObject(ScriptedObject)
    for (const client of [0, 1]) sockets.push(await object.connect({ flow, client }))
    const socket = (client: number) => sockets[client] as MemorySocket
    // The next event comes once the promises of the one before have settled: a restored flow takes more of them than one in memory.
    return {
      message: async (client, message) => {
        object.send(socket(client), message)
        await serverOf(client).deliver()
      },
      close: async (client, code) => {
        object.close(socket(client), code, "")
        await serverOf(client).deliver()
      },
      advance: async (duration) => {
        object.advance(duration)
        await settled()
      },
      stall: (duration) => object.stall(duration),
      toggle: async () => {
        object.instance.toggle()
        await settled()
      },
      publish: async (n) => {
        object.instance.tell(n)
        await settled()
      },
      evict: async () => {
        if (servers.some(({ running }) => running > 0)) interruptions++
        for (const server of servers) server.cut()
        await object.evict()
      },
    }
  }
  const clientOf = (environment: TestEnvironment) => (environment instanceof ObjectEnvironment ? environment.client : 0)
  await play((environment) => make(environment, serverOf(clientOf(environment))), script, open, sleeps)
  return { received: sockets.map(({ received }) => received), interruptions }
}

it.each(["restart", "continuation"] as const)(
  "clients cannot observe the hibernation of an object with live sources and %s",
  { timeout: 120_000 },
  async (name) => {
    let interruptions = 0
    const property = fc.asyncProperty(
      liveFlows(fc.oneof(fc.constant(identity), listening)),
      scripts,
      async ({ make }, script) => {
        const run = (sleeps: boolean) => observe((...args) => make(...args, policies[name]), script, sleeps)
        const slept = await run(true)
        interruptions += slept.interruptions
        expect(slept.received).toEqual((await run(false)).received)
      },
    )
    await fc.assert(property, { numRuns: 1_000 })
    expect(interruptions).toBeGreaterThan(100)
  },
)

it("with fail only a client whose live source was interrupted can observe it, by a close with 1012", async () => {
  let closes = 0
  const property = fc.asyncProperty(scripts, async (script) => {
    const make = (_: TestEnvironment, server: NumberServer) =>
      Flow.of<number>().flatMapConcat((n) => live(server, policies.fail, n))
    const [slept, awake] = [await observe(make, script, true), await observe(make, script, false)]
    for (const [client, received] of slept.received.entries()) {
      const expected = awake.received[client] ?? []
      const isInterrupted = JSON.stringify(received.at(-1)) === JSON.stringify(interrupted)
      if (isInterrupted) closes++
      if (isInterrupted) expect(slept.interruptions).toBeGreaterThan(0)
      const before = isInterrupted ? received.slice(0, -1) : received
      expect(before).toEqual(isInterrupted ? expected.slice(0, before.length) : expected)
    }
  })
  await fc.assert(property, { numRuns: 1_000 })
  expect(closes).toBeGreaterThan(100)
})
