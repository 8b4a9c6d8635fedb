import fc from "fast-check"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { ActorFlow, Props } from "../../src/actor.ts"
import { text } from "../../src/socket/codec.ts"
import { Flow } from "../../src/stream/flow.ts"
import { setLogger } from "../../src/stream/logger.ts"
import { settled } from "../../src/testing/settled.ts"
import { Client } from "../support/client.ts"
import { show } from "../support/test-environment.ts"
import { CommandActor, InitializedActor, journal, pendingAsks, shown } from "./command-actor.ts"
import { type Command, scripts, type TestEvent } from "./commands.ts"

const commands = text.map((line): Command => JSON.parse(line)).contramap(shown)

/** The flow downstream of the actor: where it is slow, messages wait. */
const ends = fc.constantFrom<((flow: Flow<Command, string>) => Flow<Command, string>)[]>(
  (flow) => flow,
  (flow) => flow.take(5),
  (flow) => flow.throttle(1, 15),
  (flow) => flow.delay(10),
  (flow) => Flow.of<Command>().flatMapPrefix(0, (_, rest) => rest.via(flow)),
)
const flows = fc
  .record({
    type: fc.constantFrom(CommandActor, InitializedActor),
    bufferSize: fc.constantFrom(1, 3, 16),
    overflow: fc.constantFrom("dropHead" as const, "dropTail" as const, "dropNew" as const, "fail" as const),
    end: ends,
  })
  .map(({ type, end, ...options }) => () => {
    const flow = ActorFlow.actorRef<Command, string>((out) => Props.of(type, out), options)
    return end(flow)
  })

beforeEach(() => {
  setLogger(() => {})
})
afterEach(() => vi.restoreAllMocks())

async function apply({ kind, command, value }: TestEvent, client: Client<Command, string>): Promise<void> {
  if (kind === "send") client.send(JSON.stringify(command))
  if (kind === "advance" || kind === "stall") client.advance(value * 5)
  if (kind === "close") client.close(4000 + value)
  if (kind === "vanish") client.vanish()
  await settled()
}

async function observe(make: () => Flow<Command, string>, script: readonly TestEvent[], sleeps: boolean) {
  let ids = 0
  vi.spyOn(crypto, "randomUUID").mockImplementation(() => `0-0-0-0-${ids++}`)
  journal.clear()
  pendingAsks.clear()
  const client = new Client(commands, make()).open()
  const seen: string[] = []
  for (const event of script) {
    await apply(event, client)
    if (sleeps && event.sleeps && pendingAsks.size === 0) client.hibernate(make())
    seen.push(`${event.kind} ${show({ received: client.received, errors: client.errors, did: [...journal] })}`)
  }
  return seen
}

it("clients cannot observe the hibernation of a connection's actors", { timeout: 120_000 }, async () => {
  const property = fc.asyncProperty(flows, scripts, async (make, script) => {
    expect(await observe(make, script, true)).toEqual(await observe(make, script, false))
  })
  await fc.assert(property, { numRuns: 6_000 })
})
