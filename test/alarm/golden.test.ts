import { readFileSync } from "node:fs"
import { type Endpoint, Flow, Source, text, webSocket } from "sluice"
import { Actor, type ActorRef, Sink as ActorSink, Source as ActorSource, oneForOne, Props } from "sluice/actor"
import type { Cell } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { LogEntry } from "../../src/stream/logger.ts"
import { closed } from "../support/client.ts"
import { Scripted, script } from "../support/durable-worker/scripted.ts"
import { fromGolden, toGolden } from "../support/golden.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject, type MemorySocket } from "../support/memory-object.ts"

interface Message {
  text: string
  client: ActorRef<string>
}

class Child extends Actor<Message> {
  override state = 0

  receive({ client }: Message) {
    client.tell(`child ${++this.state}`)
  }
}

/** Has one of everything that is stored of an actor. */
class Room extends Actor<Message> {
  override state: { texts: string[]; last?: ActorRef<string> } = { texts: ["first"] }
  override readonly childTypes = { Child }
  override readonly supervisorStrategy = oneForOne(() => "restart")

  receive(message: Message) {
    const { text, client } = message
    const child = this.context.child("child") ?? this.context.actorOf(Props.of(Child), "child")
    if (text === "child") (child as ActorRef<Message>).tell(message)
    if (text === "join") {
      this.context.watchWith(client, { text: "left", client })
      this.context.watchWith(this.context.actorOf(Props.of(Child)), { text: "child left", client })
      this.timers.startTimerAtFixedRate("beat", { text: "beat", client }, "1 hour")
    }
    this.state = { texts: [...this.state.texts, text], last: client }
    client.tell(this.state.texts.join())
  }
}

let errors: LogEntry[]
let object: MemoryObject<Scripted>
let cell: Cell<{ count: number }>
let storage: DurableObjectStorage

beforeEach(() => {
  errors = logged()
  let ids = 0
  vi.spyOn(crypto, "randomUUID").mockImplementation(() => `00000000-0000-4000-8000-00000000000${++ids}`)
  script(({ actor, cell: cellOf, hub, share, ctx }) => {
    storage = ctx.storage
    cell = cellOf("count", { count: 1 })
    const news = hub<string>("news")
    const room = actor("room", Props.of(Room), { version: 3 })
    const sum = share(
      "sum",
      news
        .source()
        .scan(0, (sum, text) => sum + text.length)
        .map(String),
      { replay: 2 },
    )
    const endpoints: Record<string, () => Endpoint> = {
      direct: () => webSocket.endpoint(text, Flow.fromSinkAndSource(news.sink(), news.source()), { batch: true }),
      big: () =>
        webSocket.endpoint(
          text,
          Flow.of<string>()
            .scan("", (all, text) => all + text)
            .drop(1)
            .map((all) => `${all.length}`),
        ),
      sum: () => webSocket.endpoint(text, Flow.fromSinkAndSource(news.sink(), sum)),
    }
    return {
      accept({ data, cell }) {
        const known = endpoints[String(data)]?.()
        if (known) return known
        const own = cell("own", new Map([["texts", 0]]))
        const client = ActorSource.actorRef<string>()
        const message = (text: string): Message => ({ text, client: client.ref })
        const sink = ActorSink.actorRef(room, { onInitMessage: message("join") })
        const said = Flow.of<string>().map((text) => {
          own.set(new Map([["texts", (own.get().get("texts") ?? 0) + 1]]))
          return message(text)
        })
        const ticks = Source.tick("1 hour", { initialDelay: "1 hour", while: () => cell !== undefined }).map(
          (n) => `tick ${n}`,
        )
        const told = client.source
          .merge(news.source())
          .zipWithIndex()
          .map(([text, index]) => `${text} ${index} ${own.get().get("texts")}`)
        return webSocket.endpoint(text, Flow.fromSinkAndSource(said.to(sink), told.merge(ticks)), {
          limits: { idleTimeout: "1 hour", messagesPerSecond: 5 },
          version: 2,
        })
      },
    }
  })
  object = new MemoryObject(Scripted)
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const taken = ({ received }: MemorySocket) => received.splice(0)
const attached = (socket: MemorySocket) => socket.deserializeAttachment()
const row = (key: string) => object.rows.get(`sluice:${key}`)
const spilled = "spill:00000000-0000-4000-8000-000000000001"

/** What a flow or a graph is called, which changes with the names of its steps. */
const fingerprint = /(?<=^[\w-]{36} )\w+(?= )|^\w{5,11}$/

function withFingerprint(value: unknown, replacement: string): unknown {
  if (!Array.isArray(value)) return value
  const [layout, text, ...others] = value
  return [layout, typeof text === "string" ? text.replace(fingerprint, replacement) : text, ...others]
}

const file = (name: string) => new URL(`../golden/${name}.json`, import.meta.url).pathname
const written = (value: unknown, name: string) =>
  expect(toGolden(withFingerprint(value, "FINGERPRINT"))).toMatchFileSnapshot(file(name))
/** The content of the file, with the current fingerprint. */
function golden(name: string, now: unknown): unknown {
  const text = Array.isArray(now) && typeof now[1] === "string" ? now[1] : ""
  return withFingerprint(fromGolden(readFileSync(file(name), "utf8")), fingerprint.exec(text)?.[0] ?? "")
}

/** The object hibernates, and goes on with the content of the file. */
async function restored(socket: MemorySocket, name: string) {
  socket.serializeAttachment(golden(name, attached(socket)))
  await object.evict()
}
async function restoredRow(key: string, name: string) {
  object.rows.set(`sluice:${key}`, golden(name, row(key)))
  await object.evict()
}

describe("what is written is what the golden file says, which is read (fault 1)", () => {
  it("the attachment of a flow with one of everything", async () => {
    const client = await object.connect("full")
    object.send(client, "hello")
    await written(attached(client), "attachment")
    await restored(client, "attachment")
    object.send(client, "again")
    expect(taken(client)).toEqual(["first,join 0 0", "first,join,hello 1 1", "first,join,hello,again 2 2"])
    object.advance(3_600_000)
    expect(taken(client)).toContain("tick 0")
    object.advance(3_600_000)
    expect(client.isClosed).toBe(true)
  })

  it("the attachment of a flow whose elements come from a hub with no stage in between", async () => {
    const client = await object.connect("direct", { "Sec-WebSocket-Protocol": "sluice.batch" })
    await written(attached(client), "attachment-direct")
    await restored(client, "attachment-direct")
    object.send(await object.connect("direct"), "hello")
    expect(taken(client)).toEqual(['["hello"]'])
  })

  it("the attachment that is spilled, and its row", async () => {
    const client = await object.connect("big")
    object.send(client, "x".repeat(20_000))
    await written(attached(client), "attachment-spilled")
    await written(row(spilled), "spilled-row")
    await restored(client, "attachment-spilled")
    await restoredRow(spilled, "spilled-row")
    object.send(client, "y")
    expect(taken(client)).toEqual(["20000", "20001"])
  })

  it("the row of a cell", async () => {
    cell.set({ count: 5 })
    await written(row("cell:count"), "cell-row")
    await restoredRow("cell:count", "cell-row")
    expect(cell.get()).toEqual({ count: 5 })
  })

  it("the row of a shared source", async () => {
    const client = await object.connect("sum")
    for (const text of ["a", "bc"]) object.send(client, text)
    await written(row("graph:sum"), "graph-row")
    await restoredRow("graph:sum", "graph-row")
    expect(taken(await object.connect("sum"))).toEqual(["1", "3"])
    object.send(client, "def")
    expect(taken(client)).toEqual(["0", "1", "3", "6"])
  })

  it("the row of an actor with one of everything", async () => {
    const client = await object.connect("full")
    for (const text of ["child", "hello"]) object.send(client, text)
    await written(row("actor:room"), "actor-row")
    await restoredRow("actor:room", "actor-row")
    taken(client)
    object.send(client, "child")
    expect(taken(client)).toEqual(["first,join,child,hello,child 4 3", "child 2 5 3"])
    object.advance(3_600_000)
    expect(taken(client).join()).toContain("hello,child,beat")
  })

  it("the row of the author's alarm", async () => {
    const time = Date.now() + 3_600_000
    await storage.setAlarm(time)
    await written(row("alarm"), "alarm-row")
    await restoredRow("alarm", "alarm-row")
    await object.connect("direct")
    expect(object.alarm).toBe(time)
    object.advance(3_600_000)
    expect([row("alarm"), object.alarm]).toEqual([undefined, null])
  })

  afterEach(() => expect(errors.filter(({ level }) => level === "error")).toEqual([]))
})

describe.each([0, 2, 99])("what is of layout %i", (layout) => {
  const other = (value: unknown) => (Array.isArray(value) ? [layout, ...value.slice(1)] : value)
  const otherRow = async (key: string) => {
    object.rows.set(`sluice:${key}`, other(row(key)))
    await object.evict()
  }
  const changed = closed(1012, "The service has changed")
  const logs = () => errors.map(({ event }) => event)

  it("costs its socket, whether it is spilled or not (fault 1)", async () => {
    const [full, big, fine] = [
      await object.connect("full"),
      await object.connect("big"),
      await object.connect("direct"),
    ]
    object.send(big, "x".repeat(20_000))
    await object.evict()
    full.serializeAttachment(other(attached(full)))
    const [key = ""] = [...object.rows.keys()].filter((key) => key.startsWith("sluice:spill:"))
    object.rows.set(key, other(object.rows.get(key)))
    object.send(fine, "hello")
    expect([taken(full).at(-1), taken(big).at(-1), taken(fine)]).toEqual([changed, changed, ["hello"]])
    expect(logs()).toEqual(["attachment unreadable"])
  })

  it("is logged once and is as good as nothing, for a cell (fault 1)", async () => {
    cell.set({ count: 5 })
    await otherRow("cell:count")
    expect([cell.get(), cell.get()]).toEqual([{ count: 1 }, { count: 1 }])
    expect(logs()).toEqual(["cell unreadable"])
  })

  it("is logged once and starts anew, for a shared source (fault 1)", async () => {
    const client = await object.connect("sum")
    object.send(client, "abc")
    await otherRow("graph:sum")
    object.send(client, "a")
    expect(taken(client)).toEqual(["0", "3", "0", "1"])
    expect(logs()).toEqual(["unreadable, starts anew"])
  })

  it("is logged once and kept, for an actor (faults 1, 43)", async () => {
    const client = await object.connect("full")
    await otherRow("actor:room")
    const kept = row("actor:room")
    for (const text of ["a", "b"]) object.send(client, text)
    expect(logs().filter((event) => event !== "dead letters")).toEqual(["cannot be restored"])
    expect(row("actor:room")).toEqual(kept)
  })

  it("is logged once and is as good as none, for the author's alarm (fault 1)", async () => {
    await storage.setAlarm(Date.now() + 3_600_000)
    await otherRow("alarm")
    object.send(await object.connect("direct"), "hello")
    object.advance(3_600_000)
    expect(logs()).toEqual(["alarm unreadable"])
  })
})
