import fc from "fast-check"
import { Flow, text, webSocket } from "sluice"
import { Actor, type ActorRef, Props, Sink, Source } from "sluice/actor"
import { type ConnectionContext, FlowObject, type Hub } from "sluice/durable"
import { afterEach, expect, it, vi } from "vitest"
import { MemoryObject } from "../support/memory-object.ts"
import { MemorySession } from "../support/memory-session.ts"
import { happenings, holds, levels, SessionScript } from "../support/session-script.ts"

afterEach(() => {
  vi.useRealTimers()
})

interface Guest {
  name: string
  durable: boolean
}

type Command = { say: string } | { member: ActorRef<string>; name: string } | { left: string }

/** Messages go through the log of a hub, and arrivals and departures to the members, as in the demo's chat. */
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

const kinds = [...happenings, "say", "say", "visit"]
const step = fc.record({ what: fc.constantFrom(...kinds), client: fc.nat(2) })
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

async function run(durable: boolean, script: readonly Step[]): Promise<void> {
  const object = new MemoryObject(Room)
  const sessions: MemorySession[] = []
  for (const name of ["ann", "bob", "eve"]) sessions.push(await new MemorySession(object, { name, durable }).connect())
  for (const session of sessions) session.read()
  const events = new SessionScript(object, sessions, durable)
  const expected: string[] = []
  const before = sessions.map(({ received }) => received.length)
  let visits = 0
  for (const { what, client } of script) {
    const session = sessions[client]
    if (!session) continue
    // A message without a socket would arrive later, in an order that this test does not predict.
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
    await events.apply(what, session)
  }
  await events.end()
  expect(sessions.map(({ resyncs }) => resyncs)).toEqual([0, 0, 0])
  for (const [index, { received }] of sessions.entries()) {
    const got = received.slice(before[index]).map(String)
    expect(got.toSorted()).toEqual(expected.toSorted())
    expect(got.filter((text) => text.startsWith("say"))).toEqual(expected.filter((text) => text.startsWith("say")))
  }
}

it.each(levels)(
  "a session %s gets each element of a hub that is merged with the messages of an actor once",
  holds(step, run),
  600_000,
)
