import fc from "fast-check"
import { Flow, text, webSocket } from "sluice"
import { Actor, type ActorRef, Props, Sink, Source } from "sluice/actor"
import { type ConnectionContext, FlowObject, type Hub } from "sluice/durable"
import { afterEach, expect, it, vi } from "vitest"
import { MemoryObject } from "../support/memory-object.ts"
import { MemorySession } from "../support/memory-session.ts"

afterEach(() => {
  vi.useRealTimers()
})

interface Guest {
  name: string
  durable: boolean
}

type Command = { say: string } | { member: ActorRef<string>; name: string } | { left: string }

/** What is said goes through the log of a hub, arrivals and departures to the members, as in the demo's chat. */
class Host extends Actor<Command> {
  constructor(private readonly said: Hub<string>) {
    super()
  }

  receive(command: Command) {
    if ("say" in command) {
      this.said.publish(command.say)
    } else if ("left" in command) {
      this.context.watched.tell(`left ${command.left}`)
    } else {
      this.context.watchWith(command.member, { left: command.name })
      this.context.watched.tell(`joined ${command.name}`, { except: command.member })
    }
  }
}

class Room extends FlowObject<unknown, Guest> {
  private readonly said = this.hub<string>("said", { keep: 1_000 })
  private readonly host = this.actor("host", Props.of(Host, this.said))

  protected accept({ data: { name, durable } }: ConnectionContext<Guest>) {
    const member = Source.actorRef<string>({ bufferSize: 64, overflow: "fail" })
    const says = Flow.of<string>().map((say): Command => ({ say }))
    const toHost = says.to(Sink.actorRef<Command>(this.host, { onInitMessage: { member: member.ref, name } }))
    const news = this.said.source({ last: 50 }).mergePreferred(member.source)
    return webSocket.endpoint(text, Flow.fromSinkAndSource(toHost, news), { resume: { within: "1 hour", durable } })
  }
}

const kinds = [
  "say",
  "say",
  "visit",
  "read",
  "read",
  "readOne",
  "drop",
  "lose",
  "vanish",
  "notice",
  "connect",
  "evict",
  "evict",
  "crash",
]
const step = fc.record({ what: fc.constantFrom(...kinds), client: fc.nat(2) })
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

async function run(durable: boolean, script: readonly Step[]): Promise<void> {
  const object = new MemoryObject(Room)
  const sessions: MemorySession[] = []
  for (const name of ["ann", "bob", "eve"]) sessions.push(await new MemorySession(object, { name, durable }).connect())
  for (const session of sessions) session.read()
  const expected: string[] = []
  const before = sessions.map(({ received }) => received.length)
  let visits = 0
  for (const { what, client } of script) {
    const session = sessions[client]
    if (!session) continue
    // A message without a socket would arrive later, in an order that this test does not know.
    if (what === "say" && session.socket && session.session.isOpen) {
      expected.push(`say ${expected.length}`)
      session.transmit(expected.at(-1) ?? "")
    }
    if (what === "visit") {
      const name = `visitor ${visits++}`
      const visitor = await object.connect({ name, durable: false })
      expected.push(`joined ${name}`)
      object.close(visitor, 1000, "")
      expected.push(`left ${name}`)
    }
    if (what === "read") session.read()
    if (what === "readOne") session.read(1)
    if (what === "drop") session.drop()
    if (what === "lose") session.drop(false)
    // The attachment of a vanished socket is out of reach, so only a durable session is found before the object is told.
    if (what === "vanish" && durable) session.vanish()
    if (what === "notice") object.noticeVanished()
    if (what === "connect" && !session.socket) await session.connect()
    if (what === "evict") await object.evict()
    if (what === "crash" && durable) {
      await object.crash()
      for (const session of sessions) session.socket = undefined
    }
  }
  for (let round = 0; round < 20; round++) {
    for (const session of sessions) {
      if (!session.socket) await session.connect()
      session.transmit().read()
    }
  }
  expect(sessions.map(({ resyncs }) => resyncs)).toEqual([0, 0, 0])
  for (const [index, { received }] of sessions.entries()) {
    const got = received.slice(before[index]).map(String)
    expect(got.toSorted()).toEqual(expected.toSorted())
    expect(got.filter((text) => text.startsWith("say"))).toEqual(expected.filter((text) => text.startsWith("say")))
  }
}

const numRuns = Number(process.env.SESSION_SCRIPTS ?? 150)

it.each([
  ["that is kept with its socket", false],
  ["that is durable", true],
])(
  "a session %s gets each element of a hub that is merged with the messages of an actor once",
  async (_, durable) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60, size: "max" }), (script) => run(durable, script)),
      { numRuns },
    )
  },
  600_000,
)
