import fc from "fast-check"
import { afterEach, beforeEach, it, vi } from "vitest"
import type { LogEntry } from "../../src/stream/logger.ts"
import { countIds } from "../support/counted-ids.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"
import { expectUnobservable, type Observation } from "../support/observation.ts"
import { OptionsClient } from "../support/options-client.ts"
import { OptionsObject, options } from "../support/options-object.ts"

let entries: LogEntry[]

beforeEach(() => {
  entries = logged()
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const kinds = [
  ...(["join", "join", "send", "send", "send", "send", "burst", "burst", "wrong", "ping", "read", "read"] as const),
  ...(["readOne", "drop", "connect", "connect", "close", "away", "news", "kept", "advance", "advance"] as const),
]

/** An event, after which the object may hibernate. */
const event = fc.record({
  what: fc.constantFrom(...kinds),
  client: fc.nat(2),
  options,
  size: fc.integer({ min: 0, max: 6 }),
  sleeps: fc.boolean(),
})
type Event = typeof event extends fc.Arbitrary<infer Value> ? Value : never

const scripts = fc.array(event, { minLength: 1, maxLength: 25, size: "max" })

class ObservedOptions implements Observation<Event> {
  private readonly object = new MemoryObject(OptionsObject)
  private readonly clients: OptionsClient[] = []
  private readonly sizes: number[] = []
  private count = 0

  constructor(private readonly sleeps: boolean) {
    countIds()
  }

  async apply(event: Event): Promise<void> {
    const { object, clients } = this
    const client = clients[event.client % Math.max(1, clients.length)]
    if (event.what === "join") await this.join(event)
    else if (client) await this.act(event, client)
    object.flush()
    this.sizes.push(object.instance.size)
    for (const each of clients) if (!each.session) each.read()
    if (event.sleeps && this.sleeps) await object.deploy()
    else object.stall(1)
  }

  /** Everything that clients have seen and the log has, and whether anything is left when all clients are gone. */
  end(): unknown {
    const { object, clients, sizes } = this
    for (let round = 0; round < 10; round++) {
      for (const client of clients) client.read()
      object.advance(2_000)
    }
    for (const client of clients) {
      client.read()
      client.close(1000)
    }
    object.advance(120_000)
    const rows = [...object.rows.keys()].filter((key) => /closed|session|spill/.test(key))
    const log = entries.splice(0).map(({ event, code }) => `${event} ${code}`)
    return { received: clients.map(({ received }) => received), sizes, rows, alarm: object.alarm, log: log.sort() }
  }

  private async join({ options }: Event): Promise<void> {
    const client = new OptionsClient(this.object, options)
    this.clients.push(client)
    await client.connect()
  }

  private async act({ what, size }: Event, client: OptionsClient): Promise<void> {
    const { object } = this
    const element = `${++this.count}${".".repeat(size)}`
    if (what === "send") client.send(element)
    if (what === "burst") client.send(element, `${element}b`, size > 3 ? "bye" : "")
    if (what === "wrong") client.sendWrong()
    if (what === "ping") client.ping()
    if (what === "read") client.read()
    if (what === "readOne") client.read(1)
    if (what === "drop") client.drop()
    if (what === "connect") await client.reconnect()
    if (what === "close") client.close(4000 + size)
    // The page is in the back/forward cache.
    if (what === "away") client.close(4408)
    if (what === "news") object.instance.news.publish(element)
    if (what === "kept") object.instance.kept.publish(element)
    if (what === "advance") object.advance(size * 1_000)
  }
}

it("hibernation cannot be observed with any options of an endpoint, with sessions and without", async () => {
  const property = fc.asyncProperty(scripts, (script) =>
    expectUnobservable(script, (sleeps) => new ObservedOptions(sleeps)),
  )
  await fc.assert(property, { numRuns: Number(process.env.COMBINATIONS ?? 800) })
})
