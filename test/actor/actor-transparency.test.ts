import fc from "fast-check"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { ActorFlow, Props } from "../../src/actor.ts"
import { text } from "../../src/socket/codec.ts"
import type { Flow } from "../../src/stream/flow.ts"
import { setLogger } from "../../src/stream/logger.ts"
import { settled } from "../../src/testing/settled.ts"
import { show } from "../../src/testing/show.ts"
import { Client } from "../support/client.ts"
import { type Command, type Happening, scripts } from "./commands.ts"
import { journal, Keeper, Puppet, shown } from "./puppet.ts"

const commands = text.map((line): Command => JSON.parse(line)).contramap(shown)

/** What is below the actor: where it takes its time, messages wait. */
const ends = fc.constantFrom<((flow: Flow<Command, string>) => Flow<Command, string>)[]>(
  (flow) => flow,
  (flow) => flow.take(5),
  (flow) => flow.throttle(1, 15),
  (flow) => flow.delay(10),
)
const flows = fc
  .record({
    type: fc.constantFrom(Puppet, Keeper),
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

async function happen({ kind, command, value }: Happening, client: Client<Command, string>): Promise<void> {
  if (kind === "send") client.send(JSON.stringify(command))
  if (kind === "advance" || kind === "stall") client.advance(value * 5)
  if (kind === "close") client.close(4000 + value)
  if (kind === "vanish") client.vanish()
  await settled()
}

async function observe(make: () => Flow<Command, string>, script: readonly Happening[], sleeps: boolean) {
  journal.clear()
  const client = new Client(commands, make()).open()
  const seen: string[] = []
  for (const happening of script) {
    await happen(happening, client)
    if (sleeps && happening.sleeps) client.hibernate(make())
    seen.push(`${happening.kind} ${show({ received: client.received, errors: client.errors, did: [...journal] })}`)
  }
  return seen
}

it("nobody can tell whether a connection's actors have slept", { timeout: 120_000 }, async () => {
  const property = fc.asyncProperty(flows, scripts, async (make, script) => {
    expect(await observe(make, script, true)).toEqual(await observe(make, script, false))
  })
  await fc.assert(property, { numRuns: 6_000 })
})
