import { Flow, Sink, Source, text, webSocket } from "sluice"
import { Actor, type ActorRef, Sink as ActorSink, Source as ActorSource, Props, Terminated } from "sluice/actor"
import { beforeEach, describe, expect, it, vi } from "vitest"
import type { LogEntry } from "../../src/stream/logger.ts"
import { closed } from "../support/client.ts"
import { Line } from "../support/dial.ts"
import { type Scripted, script } from "../support/durable-worker/scripted.ts"
import { logged } from "../support/logged.ts"
import { holdTime, TestObject } from "../support/test-object.ts"

interface Join {
  member: ActorRef<string>
}

/** Broadcasts its messages to its members, and reports their number. */
class Room extends Actor<string | Join | Terminated> {
  receive(message: string | Join | Terminated) {
    const { watched } = this.context
    if (message instanceof Terminated) watched.tell(`left, ${watched.size} here`)
    else if (typeof message === "string") watched.tell(`${message}, ${watched.size} here`)
    else this.context.watch(message.member)
  }
}

let object: TestObject<Scripted>
let errors: LogEntry[]
let onAlarm = vi.fn<() => void>()

beforeEach(() => {
  vi.restoreAllMocks()
  holdTime()
  errors = logged()
  onAlarm = vi.fn()
  script(({ hub, actor }) => {
    const news = hub<string>("news")
    const room = actor<string | Join>("room", Props.of(Room) as Props<string | Join>)
    return {
      alarm: onAlarm,
      accept({ data }) {
        if (data === "news") return webSocket.endpoint(text, Flow.fromSinkAndSource(news.sink(), news.source()))
        if (data === "ticks" || data === "victim")
          return webSocket.endpoint(text, Flow.fromSinkAndSource(Sink.ignore(), Source.tick("1 second").map(String)))
        if (data === "room") {
          const member = ActorSource.actorRef<string>()
          const sink = ActorSink.actorRef<string | Join>(room, { onInitMessage: { member: member.ref } })
          return webSocket.endpoint(text, Flow.fromSinkAndSource(sink, member.source))
        }
        return webSocket.endpoint(
          text,
          Flow.of<string>()
            .scan(0, (n) => n + 1)
            .drop(1)
            .map(String),
        )
      },
    }
  })
  object = new TestObject("SCRIPTED")
})

const dial = (data: string) => object.dial(`/scripted/:id?data=${encodeURIComponent(JSON.stringify(data))}`)

const attached = new WeakSet<WebSocket>()

/** A socket that the author has accepted, with this attachment. */
async function dialMine(attachment: unknown): Promise<Line> {
  const { webSocket } = await object.stub.fetch("https://object/mine", { headers: { Upgrade: "websocket" } })
  if (!webSocket) throw new Error("The object has accepted no socket")
  await object.inside((_, state) => {
    const socket = state.getWebSockets("mine").find((socket) => !attached.has(socket))
    socket?.serializeAttachment(attachment)
    if (socket) attached.add(socket)
  })
  return new Line(webSocket)
}

const attachments = [
  { user: "ada" },
  {},
  ["ada", 3],
  [],
  "ada",
  7,
  null,
  undefined,
  // Attachments that begin like those of flows.
  [1, "x", 3],
  [1, "x y {}", 1, undefined, { hubs: ["sluice:hub:news"], due: 1 }],
  [1, { id: "x" }],
  [1, null],
  [1, 'x y {"url":"https://example.com/"}', 1, undefined, { hubs: 7, crossWatches: 7, cells: 7, activity: 7 }],
  // Layouts of other releases.
  [0, "x y {}", 1, undefined, undefined],
  [99, "x y {}", 1, undefined, undefined],
]

describe("sockets that the author has accepted beside flows (fault 1)", () => {
  it("keep their attachments, and flows continue", async () => {
    const [ticks, news, count] = [await dial("ticks"), await dial("news"), await dial("count")]
    const mine: Line[] = []
    for (const attachment of attachments) mine.push(await dialMine(attachment))
    await count.send("a").next()
    await object.pass(1_000)
    expect(await ticks.next(2)).toEqual(["0", "1"])
    for (const line of mine) expect(await line.send("hello").next()).toEqual(["mine: hello"])
    const newcomer = await dial("news")
    await object.sleep()
    expect(await newcomer.send("hello").next()).toEqual(["hello"])
    expect(await news.next()).toEqual(["hello"])
    expect(await count.send("b").next()).toEqual(["2"])
    await object.pass(1_000)
    expect(await ticks.next()).toEqual(["2"])
    const kept = await object.inside((_, state) =>
      state.getWebSockets("mine").map((one) => one.deserializeAttachment()),
    )
    expect(new Set(kept.map((one) => JSON.stringify(one)))).toEqual(
      new Set(attachments.map((one) => JSON.stringify(one))),
    )
    for (const line of mine) expect(await line.close(4000).next()).toEqual([closed(4001, "closed by the author")])
    expect([errors, onAlarm.mock.calls.length]).toEqual([[], 2])
  })

  it("are not among the connections", async () => {
    await Promise.all([dial("news"), dialMine({ user: "ada" })])
    expect(await object.inside(({ tools }) => [tools.connections.size, [...tools.connections].length])).toEqual([1, 1])
  })
})

describe("attachments of flows that the author has overwritten (fault 1)", () => {
  it("close their sockets with 1012, and change nothing else", async () => {
    const [ticks, news, room] = [await dial("ticks"), await dial("news"), await dial("room")]
    const victims: Line[] = []
    // The attachment of an ended connection is null.
    const others = attachments.filter((attachment) => attachment !== null)
    for (const _ of others) victims.push(await dial("victim"))
    await object.sleep()
    await object.inside(({ tools }, state) => {
      const ids = [...tools.connections].flatMap(({ id, data }) => (data === "victim" ? [id] : []))
      for (const [index, attachment] of others.entries())
        state.getWebSockets(`sluice:${ids[index]}`)[0]?.serializeAttachment(attachment)
    })
    await object.pass(1_000)
    for (const victim of victims) expect(await victim.next(2)).toEqual(["0", closed(1012, "The service has changed")])
    expect(await ticks.next(2)).toEqual(["0", "1"])
    const newcomer = await dial("news")
    await object.sleep()
    expect(await newcomer.send("hello").next()).toEqual(["hello"])
    expect(await news.next()).toEqual(["hello"])
    expect(await room.send("hello").next()).toEqual(["hello, 1 here"])
    await object.pass(1_000)
    expect(await ticks.next()).toEqual(["2"])
    expect(errors).toEqual([expect.objectContaining({ event: "attachment unreadable", code: 1012 })])
    expect(onAlarm).toHaveBeenCalledTimes(2)
    expect(await object.inside(({ tools }) => tools.connections.size)).toBe(4)
  })

  it.each([{ user: "ada" }, null])("close their sockets at their own next message: %o", async (attachment) => {
    const victim = await dial("count")
    await object.sleep()
    await object.inside((_, state) => state.getWebSockets()[0]?.serializeAttachment(attachment))
    expect(await victim.send("a", "b").next()).toEqual([closed(1012, "The service has changed")])
    expect(errors).toHaveLength(1)
    expect(await object.inside(({ tools }) => tools.connections.size)).toBe(0)
  })
})
