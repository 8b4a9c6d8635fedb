import fc from "fast-check"
import { afterEach, beforeEach, it, vi } from "vitest"
import type { LogEntry } from "../../src/stream/logger.ts"
import { type Combination, CombinedObject, shapes, sourceNames } from "../support/combined-object.ts"
import { countIds } from "../support/counted-ids.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject, type MemorySocket } from "../support/memory-object.ts"
import { MemorySession } from "../support/memory-session.ts"
import { expectUnobservable, type Observation } from "../support/observation.ts"

let entries: LogEntry[]

beforeEach(() => {
  entries = logged()
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const combination: fc.Arbitrary<Combination> = fc.record({
  source: fc.constantFrom(...sourceNames),
  shape: fc.constantFrom(...shapes),
  session: fc.constantFrom(undefined, undefined, "kept", "durable"),
})

/** An event, after which the object may hibernate. */
const event = fc.record({
  what: fc.constantFrom(
    ...([
      "join",
      "join",
      "join",
      "send",
      "send",
      "send",
      "leave",
      "leave",
      "drop",
      "connect",
      "vanish",
      "notice",
    ] as const),
    ...(["news", "news", "kept", "job", "paced", "value", "end", "advance", "advance", "stall", "delete"] as const),
  ),
  client: fc.nat(3),
  combination,
  size: fc.integer({ min: 1, max: 12 }),
  sleeps: fc.boolean(),
})
type Event = typeof event extends fc.Arbitrary<infer Value> ? Value : never

const scripts = fc.array(event, { minLength: 1, maxLength: 25, size: "max" })

/** A client with or without a session. */
type Client = MemorySession | MemorySocket

class ObservedCombinations implements Observation<Event> {
  private readonly object = new MemoryObject(CombinedObject)
  private readonly clients: Client[] = []
  private readonly sizes: number[] = []
  /** The sockets whose clients are gone, have closed, or have answered a close. */
  private readonly answered = new Set<MemorySocket>()
  private readonly durable = new Set<MemorySession>()
  private hasVanished = false
  private count = 0

  constructor(private readonly sleeps: boolean) {
    CombinedObject.handled = []
    countIds()
  }

  async apply(event: Event): Promise<void> {
    const { object } = this
    await this.take(event)
    this.answer()
    // A session that has ended without its client counts where the runtime has reported the loss of its socket.
    if (!this.hasVanished) this.sizes.push(object.instance.size)
    if (event.sleeps && this.sleeps) await object.deploy()
    else object.stall(1)
    for (const client of this.clients) if (client instanceof MemorySession) client.read()
  }

  /** Everything that clients, flows and authors have seen, and whether anything is left when all clients are gone. */
  end(): unknown {
    const { object, clients, sizes } = this
    object.advance(20_000)
    object.noticeVanished()
    this.answer()
    for (const client of clients) this.leave(client)
    this.answer()
    object.advance(120_000)
    const received = clients.map((client) => (client instanceof MemorySession ? client.read() : client).received)
    const rows = [...object.rows.keys()].filter((key) => /closed|session|spill/.test(key))
    const errors = entries.splice(0).flatMap(({ level, event }) => (level === "error" ? [event] : []))
    return { received, sizes, errors, handled: CombinedObject.handled, rows, alarm: object.alarm }
  }

  /** Each client answers the close of the object at once, as clients do. */
  private answer(): void {
    for (const client of this.clients) {
      const socket = client instanceof MemorySession ? client.socket : client
      if (!socket?.isClosed || this.answered.has(socket)) continue
      this.answered.add(socket)
      this.object.answer(socket, 1000)
    }
  }

  private async take({ what, client: index, combination, size }: Event): Promise<void> {
    const { object } = this
    const { news, kept, jobs, paced, value } = object.instance
    const client = this.clients[index % Math.max(1, this.clients.length)]
    const element = `${++this.count}${".".repeat(size)}`
    if (what === "join") this.clients.push(await this.join(combination))
    if (what === "send" && client) this.send(client, element)
    if (what === "leave" && client) this.leave(client)
    if (what === "drop" && client) this.drop(client)
    if (what === "vanish" && client) this.vanish(client)
    if (what === "notice") object.noticeVanished()
    if (what === "connect" && client instanceof MemorySession && !client.socket) await client.connect()
    if (what === "news") news.publish(element)
    if (what === "end") news.publish("end")
    if (what === "kept") kept.publish(element)
    if (what === "job") jobs.publish(element)
    if (what === "paced") paced.publish(element)
    if (what === "value") value.set(element)
    if (what === "delete") await object.instance.deleteAll()
    if (what === "advance") object.advance(size * 1_000)
    if (what === "stall") object.stall(size * 1_000)
  }

  private async join(combination: Combination): Promise<Client> {
    if (combination.session) {
      const session = new MemorySession(this.object, combination)
      if (combination.session === "durable") this.durable.add(session)
      return session.connect()
    }
    return this.object.connect(combination)
  }

  private send(client: Client, message: string): void {
    if (!(client instanceof MemorySession)) this.object.send(client, message)
    else if (client.session.isOpen) client.transmit(message)
  }

  private leave(client: Client): void {
    const socket = client instanceof MemorySession ? client.socket : client
    if (!socket || this.answered.has(socket)) return
    this.answered.add(socket)
    this.object.close(socket, 1000, "")
  }

  /** The socket of a durable session is gone. The runtime reports that later. */
  private vanish(client: Client): void {
    if (!(client instanceof MemorySession) || !this.durable.has(client) || !client.socket) return
    this.object.advance(1)
    if (this.answered.has(client.socket)) return
    this.hasVanished = true
    client.vanish()
  }

  private drop(client: Client): void {
    // The runtime does not return a lost socket, so a timer that is overdue would not find a hibernating one.
    this.object.advance(1)
    if (client instanceof MemorySession) client.drop()
    else if (!this.answered.has(client)) {
      // Frames for a lost socket arrive nowhere.
      client.deliver = () => {}
      this.answered.add(client)
      this.object.drop(client)
    }
  }
}

it("hibernation cannot be observed in any combination of sources, flows and sessions", async () => {
  const property = fc.asyncProperty(scripts, (script) =>
    expectUnobservable(script, (sleeps) => new ObservedCombinations(sleeps)),
  )
  await fc.assert(property, { numRuns: Number(process.env.COMBINATIONS ?? 1_000) })
})
