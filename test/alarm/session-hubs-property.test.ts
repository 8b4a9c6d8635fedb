import fc from "fast-check"
import { Flow, Sink, text, webSocket } from "sluice"
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

/** A hub without stages between it and its clients. An element that begins with the id of a connection excludes that connection. */
class Room extends FlowObject<unknown, Member> {
  private readonly said = this.hub<string>("said", { keep: 1_000 })

  protected accept({ data: { durable } }: ConnectionContext<Member>) {
    const publish = Sink.forEach((message: string) =>
      this.said.publish(message, { except: message.slice(0, message.indexOf(" ")) }),
    )
    const flow = Flow.fromSinkAndSource(publish, this.said.source())
    return webSocket.endpoint(text, flow, { resume: { within: "1 hour", durable }, limits: { maxBufferedAmount: 40 } })
  }
}

const kinds = [...happenings, "say", "say", "except"]
const step = fc.record({ what: fc.constantFrom(...kinds), client: fc.nat(2), other: fc.nat(2) })
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

/** The id of the connection, with which that of its session begins. */
const idOf = ({ socket }: MemorySession): string => String(socket?.received[0]).slice('[["hi","'.length).slice(0, 36)

async function run(durable: boolean, script: readonly Step[]): Promise<void> {
  const object = new MemoryObject(Room)
  const names = ["ann", "bob", "eve"]
  const sessions: MemorySession[] = []
  for (const name of names) sessions.push(await new MemorySession(object, { name, durable }).connect())
  const events = new SessionScript(object, sessions, durable)
  const ids = sessions.map(idOf)
  const expected: string[][] = names.map(() => [])
  let said = 0
  for (const { what, client, other } of script) {
    const session = sessions[client]
    if (!session) continue
    // A message without a socket would arrive later, in an order that this test does not predict.
    if ((what === "say" || what === "except") && session.socket && session.session.isOpen) {
      const message = `${what === "say" ? "all" : ids[other]} ${++said}`
      session.transmit(message)
      expected.forEach((texts, index) => (what === "except" && index === other ? 0 : texts.push(message)))
    }
    await events.apply(what, session)
  }
  await events.end()
  expect(sessions.map(({ resyncs }) => resyncs)).toEqual([0, 0, 0])
  expect(sessions.map(({ received }) => received)).toEqual(expected)
}

it.each(levels)(
  "a session %s gets each element once and in order from a hub with no stage in between",
  holds(step, run),
  600_000,
)
