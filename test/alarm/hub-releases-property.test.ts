import fc from "fast-check"
import { Flow, Sink, type Source, text, webSocket } from "sluice"
import { type ConnectionContext, FlowObject, type HubOptions } from "sluice/durable"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"
import { MemorySession } from "../support/memory-session.ts"

const releases = {
  plain: {},
  few: { keep: 2 },
  some: { keep: 5 },
  many: { keep: 50 },
  paced: { backpressure: true },
  parted: { partition: (ids, line) => ids[line.length % ids.length] },
} satisfies Record<string, HubOptions<string>>
type Release = keyof typeof releases
const hubs = ["a", "b"] as const
type HubName = (typeof hubs)[number]

const shapes = {
  direct: (source: Source<string>) => source,
  slow: (source) => source.throttle(1, 100),
  counted: (source) => source.zipWithIndex().map(([line, index]) => `${line} ${index}`),
} satisfies Record<string, (source: Source<string>) => Source<string>>

interface Member {
  hub: HubName
  shape: keyof typeof shapes
  durable: boolean
}

/** The releases of the hubs in the deployed object. */
let deployed: Record<HubName, Release>

/** Its members publish to the hub that they subscribe to. */
class House extends FlowObject<unknown, Member> {
  readonly a = this.hub<string>("a", releases[deployed.a])
  readonly b = this.hub<string>("b", releases[deployed.b])

  protected accept({ id, data: { hub, shape, durable } }: ConnectionContext<Member>) {
    const say = Sink.forEach((line: string) => this[hub].publish(line, line.endsWith("!") ? { except: id } : {}))
    const flow = Flow.fromSinkAndSource(say, shapes[shape](this[hub].source()))
    return webSocket.endpoint(text, flow, { resume: { within: "1 hour", durable } })
  }

  empty(): void {
    void this.ctx.storage.deleteAll()
  }

  /** Publishes three lines, of which the second or all are rolled back. */
  transaction(hub: HubName, line: string, rollsBack: "none" | "inner" | "outer"): void {
    const { storage } = this.ctx
    const attempt = (run: () => void, fails: boolean) => {
      try {
        storage.transactionSync(() => {
          run()
          if (fails) throw new Error("Rolled back, as the test wants it")
        })
      } catch {}
    }
    const outer = () => {
      this[hub].publish(`${line}.1`)
      attempt(() => this[hub].publish(`${line}.2`), rollsBack === "inner")
      this[hub].publish(`${line}.3`)
    }
    attempt(outer, rollsBack === "outer")
  }
}

const step = fc.record({
  what: fc.constantFrom(
    ...(["say", "say", "say", "except", "publish", "publish", "advance", "read", "read", "drop", "connect"] as const),
    ...(["connect", "empty", "transaction", "deploy", "deploy"] as const),
  ),
  client: fc.nat(2),
  hub: fc.constantFrom(...hubs),
  release: fc.constantFrom(...(Object.keys(releases) as Release[]), "many"),
  rollsBack: fc.constantFrom("none", "inner", "outer"),
  sleeps: fc.boolean(),
})
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never
const member: fc.Arbitrary<Member> = fc.record({
  hub: fc.constantFrom(...hubs),
  shape: fc.constantFrom("direct", ...(Object.keys(shapes) as Member["shape"][])),
  durable: fc.boolean(),
})
const aRelease = fc.constantFrom(...(Object.keys(releases) as Release[]), "many")

/** An object with sessions, whose hubs have other options after each deploy. */
class Observation {
  readonly object = new MemoryObject(House)
  readonly sessions: MemorySession[] = []
  private count = 0

  async join(member: Member): Promise<void> {
    this.sessions.push(await new MemorySession(this.object, member).connect())
  }

  async apply({ what, client, hub, release, rollsBack, sleeps }: Step, hibernates: boolean): Promise<void> {
    const { object, sessions } = this
    const session = sessions[client % sessions.length] as MemorySession
    const line = `${++this.count}`
    this.leaveClosed()
    const canSay = session.socket !== undefined && session.session.isOpen
    if (what === "say" && canSay) session.transmit(line)
    if (what === "except" && canSay) session.transmit(`${line}!`)
    if (what === "publish") object.instance[hub].publish(line)
    if (what === "transaction") object.instance.transaction(hub, line, rollsBack)
    if (what === "empty") object.instance.empty()
    if (what === "advance") object.advance(250)
    if (what === "read") session.read()
    if (what === "drop" && session.socket) session.drop()
    if (what === "connect" && !session.socket) await session.connect()
    if (what === "deploy") deployed = { ...deployed, [hub]: release }
    if (what === "deploy" || (sleeps && hibernates)) await object.deploy()
    else object.stall(1)
  }

  /** Everything that the clients have received when all of them have a socket again. */
  async end(): Promise<MemorySession[]> {
    for (let round = 0; round < 30; round++) {
      this.leaveClosed()
      for (const session of this.sessions) {
        if (!session.socket) await session.connect()
        session.transmit().read()
      }
      this.object.advance(1_000)
    }
    return this.sessions
  }

  /** Clients whose sockets the object has closed answer that. */
  private leaveClosed(): void {
    for (const session of this.sessions) {
      const { socket } = session
      if (!socket?.isClosed) continue
      session.read().drop(false)
      this.object.answer(socket, 1012)
    }
  }
}

beforeEach(() => void logged())
afterEach(() => vi.useRealTimers())

const parameters = [
  fc.record({ a: aRelease, b: aRelease }),
  fc.array(member, { minLength: 1, maxLength: 3 }),
  fc.array(step, { maxLength: 40, size: "max" }),
] as const
type Script = readonly [first: Record<HubName, Release>, members: readonly Member[], steps: readonly Step[]]

async function play([first, members, steps]: Script, hibernates: boolean): Promise<MemorySession[]> {
  vi.useRealTimers()
  deployed = first
  const observation = new Observation()
  for (const member of members) await observation.join(member)
  for (const step of steps) await observation.apply(step, hibernates)
  return observation.end()
}

/** A deploy that takes `keep` from a hub ends its sessions at their next event, if they have counted elements. */
function takesKeep([first, , steps]: Script): boolean {
  const now = { ...first }
  return steps.some(({ what, hub, release }) => {
    if (what !== "deploy") return false
    const takes = "keep" in releases[now[hub]] && !("keep" in releases[release])
    now[hub] = release
    return takes
  })
}

it("sessions of hubs whose options deploys change get each element at most once, in order, and as without hibernation", async () => {
  const property = fc.asyncProperty(...parameters, async (...script) => {
    const sessions = await play(script, true)
    for (const { received } of sessions) {
      const numbers = received.flatMap((line) => (typeof line === "string" ? Number.parseFloat(line) : []))
      expect(numbers).toEqual([...new Set(numbers)].sort((one, other) => one - other))
    }
    if (takesKeep(script)) return
    const shown = (all: MemorySession[]) => all.map(({ received, resyncs }) => ({ received, resyncs }))
    expect(shown(sessions)).toEqual(shown(await play(script, false)))
  })
  await fc.assert(property, { numRuns: Number(process.env.HUB_RELEASES ?? 300) })
})
