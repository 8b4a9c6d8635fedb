import fc from "fast-check"
import { Flow, text, webSocket } from "sluice"
import { type ConnectionContext, FlowObject } from "sluice/durable"
import { afterEach, expect, it, vi } from "vitest"
import { MemoryObject } from "../support/memory-object.ts"
import { MemorySession } from "../support/memory-session.ts"
import { happenings, holds, levels, SessionScript } from "../support/session-script.ts"

afterEach(() => {
  vi.useRealTimers()
})

interface Member {
  name: string
  durable: boolean
}

/** Numbers the messages of each client, and sends each message to all clients. */
class Room extends FlowObject<unknown, Member> {
  private readonly said = this.hub<string>("said", { keep: 1_000 })

  protected accept({ data: { durable } }: ConnectionContext<Member>) {
    const numbered = Flow.of<string>()
      .filter((message) => !message.startsWith("say"))
      .statefulMap(
        () => 0,
        (count, message) => [count + 1, `${count + 1} ${message}`],
      )
    const saying = this.said.sink()
    const flow = Flow.of<string>()
      .broadcast(
        (all) => all.filter((message) => message.startsWith("say")).to(saying),
        (all) => all.via(numbered),
      )
      .merge(this.said.source())
    return webSocket.endpoint(text, flow, { resume: { within: "1 hour", durable }, limits: { maxBufferedAmount: 40 } })
  }
}

const step = fc.record({
  what: fc.constantFrom(...happenings, "send", "send", "say", "advance"),
  client: fc.nat(1),
})

/** The messages that a client must have in the end: its answers in order, and all messages since it joined. */
class Talker {
  sent = 0
  constructor(readonly session: MemorySession) {}

  get answers(): string[] {
    return this.session.received.map(String).filter((message) => /^\d/.test(message))
  }

  get heard(): string[] {
    return this.session.received.map(String).filter((message) => message.startsWith("say"))
  }
}

async function run(isDurable: boolean, script: readonly { what: string; client: number }[]): Promise<void> {
  const object = new MemoryObject(Room)
  const members: Talker[] = []
  for (const name of ["ann", "bob"]) {
    members.push(new Talker(await new MemorySession(object, { name, durable: isDurable }).connect()))
  }
  const events = new SessionScript(
    object,
    members.map(({ session }) => session),
    isDurable,
  )
  let said = 0
  for (const { what, client } of script) {
    const member = members[client]
    if (!member) continue
    const { session } = member
    if (what === "send") session.transmit(`message ${++member.sent}`)
    if (what === "say") session.transmit(`say ${++said}`)
    if (what === "advance") object.advance(60_000)
    await events.apply(what, session)
  }
  await events.end()
  for (const member of members) {
    expect(member.session.resyncs).toBe(0)
    expect(member.answers).toEqual(Array.from({ length: member.sent }, (_, n) => `${n + 1} message ${n + 1}`))
    expect(member.heard.length).toBe(said)
  }
  expect(members[0]?.heard).toEqual(members[1]?.heard)
}

it.each(levels)(
  "a session %s loses, doubles and reorders no message, for any loss of sockets and memory",
  holds(step, run),
  600_000,
)
