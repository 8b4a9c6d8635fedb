import fc from "fast-check"
import { afterEach, describe, expect, it, vi } from "vitest"
import { settled } from "../../src/testing/settled.ts"
import { type Reaction, type Reactions, ScriptedClient, type Step } from "./scripted-client.ts"
import { SessionServer } from "./session-server.ts"

/** Those that begin something are frequent, so that the others interrupt it. */
const weights: [weight: number, step: Step][] = [
  [8, { do: "send" }],
  [8, { do: "open" }],
  [4, { do: "message" }],
  [4, { do: "handle" }],
  [4, { do: "address" }],
  [8, { do: "wait", time: 100 }],
  [1, { do: "wait", time: 10_000 }],
  [4, { do: "end", code: 1006 }],
  [1, { do: "end", code: 1012 }],
  [0.2, { do: "end", code: 1000 }],
  [1, { do: "no address" }],
  [1, { do: "restart" }],
  [1, { do: "hide" }],
  [2, { do: "show" }],
  [0.2, { do: "close" }],
]
const step = fc.oneof(...weights.map(([weight, step]) => ({ weight: weight * 5, arbitrary: fc.constant(step) })))
const reaction = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Reaction>("nothing") },
  { weight: 4, arbitrary: fc.constant<Reaction>("send") },
  { weight: 1, arbitrary: fc.constant<Reaction>("close") },
)
const reactions: fc.Arbitrary<Reactions> = fc.record({
  status: reaction,
  message: reaction,
  close: reaction,
  error: reaction,
})

afterEach(() => vi.unstubAllGlobals())

describe("a client with a random page, server and network", () => {
  it.each([
    ["without a session", () => undefined],
    ["with a session", () => new SessionServer()],
  ])("uses one socket, goes on until it is closed, and settles each send, %s", async (_name, makeServer) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 100, size: "max" }),
        reactions,
        fc.boolean(),
        async (steps, reactions, isAddressLate) => {
          const scripted = new ScriptedClient({ ...reactions }, isAddressLate, makeServer())
          await settled()
          for (const step of steps) await scripted.take(step)
          await scripted.finish()
          expect(scripted.client.status).toBe("closed")
        },
      ),
      { numRuns: 2_000 },
    )
  })
})
