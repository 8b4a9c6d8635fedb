import fc from "fast-check"
import { Codec, Flow, Sink, text, webSocket } from "sluice"
import { type ConnectionContext, FlowObject } from "sluice/durable"
import { afterEach, describe, expect, it, vi } from "vitest"
import { MemoryObject } from "../support/memory-object.ts"
import { MemorySession } from "../support/memory-session.ts"
import { happenings, holds, levels, SessionScript } from "../support/session-script.ts"

interface Member {
  name: string
  durable: boolean
}

/** How often a flow was built. */
let built = 0

/** Its members get the kept elements of one hub, and those of another hub that keeps none, through one junction. */
class Room extends FlowObject<unknown, Member> {
  readonly said = this.hub<string>("said", { keep: 1_000 })
  readonly told = this.hub<string>("told")

  protected accept({ data: { durable } }: ConnectionContext<Member>) {
    const publish = Sink.forEach((message: string) =>
      (message.startsWith("told") ? this.told : this.said).publish(message),
    )
    const told = this.told.source({ bufferSize: 1_000, overflow: "fail" })
    const news = this.said.source({ last: 5 }).mergePreferred(told)
    const endpoint = webSocket.endpoint(text, Flow.fromSinkAndSource(publish, news), {
      resume: { within: "1 hour", durable },
      limits: { maxBufferedAmount: 60 },
    })
    const connection: typeof endpoint.connection = (...args) => {
      built++
      return endpoint.connection(...args)
    }
    return { ...endpoint, connection }
  }
}

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

async function room(durable: boolean) {
  const object = new MemoryObject(Room)
  const sessions: MemorySession[] = []
  for (const name of ["ann", "bob", "eve"]) sessions.push(await new MemorySession(object, { name, durable }).connect())
  return { object, sessions }
}

describe.each([false, true])("a session whose flow prefers a hub with a log, durable: %s", (durable) => {
  it("writes nothing for an element of the log, whether its flow is in memory or not", async () => {
    const { object, sessions } = await room(durable)
    const attach = sessions.map(({ socket }) => vi.spyOn(socket ?? expect.unreachable(), "serializeAttachment"))
    for (const element of ["one", "two"]) {
      const before = object.writes.length
      object.instance.said.publish(element)
      expect(object.writes.slice(before)).toEqual([expect.stringMatching(/^sluice:hub:said:/)])
      await object.evict()
      built = 0
    }
    expect([built, attach.flatMap(({ mock }) => mock.calls)]).toEqual([0, []])
    for (const session of sessions) expect(session.read().received).toEqual(["one", "two"])
  })

  it("counts these elements when it is restored, and those of the other source", async () => {
    const { object, sessions } = await room(durable)
    const [ann] = sessions
    object.instance.said.publish("one")
    object.instance.told.publish("told two")
    object.instance.said.publish("three")
    ann?.drop()
    object.instance.said.publish("four")
    await object.evict()
    object.instance.told.publish("told five")
    await ann?.connect()
    expect([ann?.received, ann?.resyncs]).toEqual([["one", "told two", "three", "four", "told five"], 0])
  })

  it("sends an element that has waited for a slow client once, after those before it", async () => {
    const { object, sessions } = await room(durable)
    const [ann] = sessions
    Object.assign(ann?.socket ?? {}, { bufferedAmount: 100 })
    const elements = Array.from("abcdefghijklmnopqrstuvwxyz")
    for (const element of elements) object.instance.said.publish(element)
    ann?.drop()
    await ann?.connect()
    expect([ann?.received, ann?.resyncs]).toEqual([elements, 0])
  })
})

/** Encoding its first message publishes another one. */
class Echoing extends FlowObject {
  readonly said = this.hub<string>("said", { keep: 1_000 })
  private readonly told = this.hub<string>("told")
  private hasTold = false
  private readonly codec = new Codec<string, string>(text.decode, (message) => {
    if (message === "first" && !this.hasTold) {
      this.hasTold = true
      this.told.publish("told")
    }
    return message
  })

  protected accept() {
    const news = this.said.source().mergePreferred(this.told.source(), { preferSource: true })
    const flow = Flow.fromSinkAndSource(Sink.ignore(), news)
    return webSocket.endpoint(this.codec, flow, { resume: { within: "1 hour" } })
  }
}

it("an element that comes while another one is sent is not taken for that one", async () => {
  const object = new MemoryObject(Echoing)
  const session = await new MemorySession(object, undefined).connect()
  object.instance.said.publish("first")
  session.drop()
  await session.connect()
  expect(session.received).toEqual(["first", "told"])
})

const kinds = [...happenings, "said", "said", "told"]
const step = fc.record({ what: fc.constantFrom(...kinds), client: fc.nat(2) })
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

async function run(durable: boolean, script: readonly Step[]): Promise<void> {
  const { object, sessions } = await room(durable)
  const events = new SessionScript(object, sessions, durable)
  const expected: string[] = []
  for (const { what, client } of script) {
    const session = sessions[client]
    if (!session) continue
    // A message without a socket would arrive later, in an order that this test does not predict.
    if ((what === "said" || what === "told") && session.socket && session.session.isOpen) {
      expected.push(`${what} ${expected.length}`)
      session.transmit(expected.at(-1) ?? "")
    }
    await events.apply(what, session)
  }
  await events.end()
  expect(sessions.map(({ resyncs }) => resyncs)).toEqual([0, 0, 0])
  for (const { received } of sessions)
    for (const kind of ["said", "told"]) {
      const isOfKind = (message: unknown) => String(message).startsWith(kind)
      expect(received.filter(isOfKind)).toEqual(expected.filter(isOfKind))
    }
}

it.each(levels)(
  "a session %s gets each element of both sources once, and those of each in order",
  holds(step, run),
  600_000,
)
