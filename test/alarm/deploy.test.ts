import { type Endpoint, Flow, text, webSocket } from "sluice"
import { Actor, type ActorRef, Sink as ActorSink, Source as ActorSource, Props } from "sluice/actor"
import type { ActorOptions, CellOptions, Snapshot } from "sluice/durable"
import * as v from "valibot"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { LogEntry } from "../../src/stream/logger.ts"
import { closed } from "../support/client.ts"
import { Scripted, script } from "../support/durable-worker/scripted.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject, type MemorySocket } from "../support/memory-object.ts"

interface Message {
  text: string
  client: ActorRef<string>
}

/** What differs from release to release. */
interface Release {
  version?: number
  migrate?: (snapshot: Snapshot, from: string, to: string) => Snapshot | undefined
  actor?: ActorOptions
  cell?: CellOptions<unknown>
  /** The data of connections that `accept` throws for, or whose flow has other steps. */
  broken?: string
  changed?: string
}

/** Adds up the lengths of its messages. */
class Adder extends Actor<Message> {
  override state: unknown = 0

  receive({ text, client }: Message) {
    this.state = Number(this.state) + text.length
    client.tell(`sum ${this.state}`)
  }
}

/** Broadcasts the messages of its members, and announces a stopped member. */
class Room extends Actor<Message> {
  override state: string[] = []

  receive({ text, client }: Message) {
    const { watched } = this.context
    if (text.startsWith("join")) this.context.watchWith(client, { text: `left ${text}`, client })
    else watched.tell(`${text}, ${watched.size} here`)
  }
}

let release: Release
let errors: LogEntry[]
let object: MemoryObject<Scripted>

beforeEach(() => {
  errors = logged()
  release = {}
  script(({ actor, cell, hub, share }) => {
    const news = hub<string>("news")
    const sums = news.source().statefulMap(
      () => 0,
      (sum, text) => [sum + text.length, `sum ${sum + text.length}`],
    )
    const sum = share("sum", sums)
    const adder = actor("adder", Props.of(Adder), release.actor)
    const room = actor("room", Props.of(Room))
    const shared = cell<unknown>("shared", "first", release.cell)
    const endpoints: Record<string, (own: () => unknown) => Endpoint> = {
      count: () => {
        const count = Flow.of<string>().statefulMap<number, string>(
          () => 0,
          (count) => [count + 1, `count ${count + 1}`],
        )
        return webSocket.endpoint(text, count, { version: release.version })
      },
      sum: () => webSocket.endpoint(text, Flow.fromSinkAndSource(news.sink(), sum)),
      adder: () => {
        const client = ActorSource.actorRef<string>()
        const messages = Flow.of<string>().map((text) => ({ text, client: client.ref }))
        return webSocket.endpoint(text, Flow.fromSinkAndSource(messages.to(ActorSink.actorRef(adder)), client.source))
      },
      shared: () =>
        webSocket.endpoint(
          text,
          Flow.of<string>().map((text) => `${text} ${JSON.stringify(shared.get())}`),
        ),
      set: () =>
        webSocket.endpoint(
          text,
          Flow.of<string>().map((text) => {
            shared.set(text)
            return `${shared.get()}`
          }),
        ),
      own: (own) =>
        webSocket.endpoint(
          text,
          Flow.of<string>().map((text) => `${text} ${JSON.stringify(own())}`),
        ),
    }
    return {
      migrate: (...args) => release.migrate?.(...args),
      accept({ data, cell }) {
        const name = String(data)
        if (name === release.broken) throw new Error("There is no such thing now")
        const own = name === "own" ? cell<unknown>("own", undefined, release.cell) : undefined
        if (own && own.get() === undefined) own.set("first")
        const known = endpoints[name]?.(() => own?.get())
        if (known) return known
        const client = ActorSource.actorRef<string>()
        const message = (text: string) => ({ text, client: client.ref })
        const sink = ActorSink.actorRef(room, { onInitMessage: message(`join ${name}`) })
        const say = Flow.of<string>().map(message)
        const changed = release.changed === name ? say.filter(() => true) : say
        return webSocket.endpoint(text, Flow.fromSinkAndSource(changed.to(sink), client.source))
      },
    }
  })
  object = new MemoryObject(Scripted)
})

afterEach(() => vi.useRealTimers())

const taken = ({ received }: MemorySocket) => received.splice(0)
const changed = closed(1012, "The service has changed")
const causes = () => errors.map(({ cause }) => (cause instanceof Error ? cause.message : String(cause)))

/** The next release, which the object is deployed with. */
async function deploy(next: Release) {
  release = next
  await object.evict()
}

describe("an endpoint of another version (faults 10, 44)", () => {
  it("closes the sockets of the version before with 1012", async () => {
    const client = await object.connect("count")
    object.send(client, "a")
    await deploy({ version: 2 })
    object.send(client, "b")
    expect(taken(client)).toEqual(["count 1", changed])
    const next = await object.connect("count")
    object.send(next, "a")
    expect(taken(next)).toEqual(["count 1"])
  })

  it("goes on from what migrate makes of the snapshot, which is told both fingerprints, once", async () => {
    const client = await object.connect("count")
    object.send(client, "a")
    const seen: unknown[] = []
    const migrate: Release["migrate"] = (snapshot, from, to) => {
      seen.push(snapshot, from === to)
      return snapshot.map(([position, closed, due, state]) => {
        const [count, ...others] = state as [number, ...unknown[]]
        return [position, closed, due, [count + 10, ...others]]
      })
    }
    await deploy({ version: 2, migrate })
    object.send(client, "b")
    await deploy({ version: 2, migrate })
    object.send(client, "c")
    expect(taken(client)).toEqual(["count 1", "count 12", "count 13"])
    expect(seen).toEqual([[[1, 0, undefined, [1]]], false])
  })

  it("is closed with 1012, where migrate throws or makes something that does not fit", async () => {
    const clients = [await object.connect("count"), await object.connect("count")]
    for (const client of clients) object.send(client, "a")
    for (const client of clients) taken(client)
    await deploy({
      version: 2,
      migrate() {
        throw new Error("I do not know")
      },
    })
    object.send(clients[0] as MemorySocket, "b")
    await deploy({ version: 3, migrate: () => [[1, 0, undefined, 7]] })
    object.send(clients[1] as MemorySocket, "b")
    expect(clients.map(taken)).toEqual([[changed], [changed]])
    expect(causes()[0]).toBe("I do not know")
  })
})

it("a shared source whose state does not fit starts anew, and that is logged (faults 10, 43)", async () => {
  const client = await object.connect("sum")
  object.send(client, "abc")
  const [layout, fingerprint, [[position, closed, due] = []]] = object.rows.get("sluice:graph:sum") as [
    number,
    string,
    Snapshot,
  ]
  object.rows.set("sluice:graph:sum", [layout, fingerprint, [[position, closed, due, 7]]])
  await object.evict()
  object.send(client, "a")
  expect(taken(client)).toEqual(["sum 3", "sum 1"])
  expect(errors).toEqual([expect.objectContaining({ event: "unreadable, starts anew", name: "sum" })])
})

describe("accept that throws for what was accepted before (fault 44)", () => {
  it("closes with 1012, and is logged", async () => {
    const client = await object.connect("count")
    await deploy({ broken: "count" })
    object.send(client, "a")
    expect(taken(client)).toEqual([changed])
    expect(causes()).toEqual(["There is no such thing now"])
  })
})

describe("a connection that a deploy has closed (faults 1, 44)", () => {
  it.each(["changed", "broken"])("is told as left to the actors that watch it: %s", async (how) => {
    const [ann, bob] = [await object.connect("ann"), await object.connect("bob")]
    await deploy({ [how]: "bob" })
    object.send(bob, "hello")
    expect([taken(bob), taken(ann)]).toEqual([[changed], ["left join bob, 1 here"]])
    await object.evict()
    object.send(ann, "hello")
    expect(taken(ann)).toEqual(["hello, 1 here"])
  })
})

describe("an actor of another version (faults 10, 43)", () => {
  it("refuses messages, is logged once and keeps its row, for a rollback", async () => {
    const client = await object.connect("adder")
    object.send(client, "abc")
    const row = object.rows.get("sluice:actor:adder")
    await deploy({ actor: { version: 2 } })
    object.send(client, "abc")
    expect([taken(client), taken(await object.connect("adder"))]).toEqual([["sum 3"], [closed(1011)]])
    expect(errors.filter(({ level }) => level === "error")).toEqual([
      expect.objectContaining({ event: "cannot be restored", name: "/adder" }),
    ])
    expect(object.rows.get("sluice:actor:adder")).toEqual(row)
    await deploy({})
    object.send(client, "abc")
    expect(taken(client)).toEqual(["sum 6"])
  })

  it("goes on from what its migrate makes, once", async () => {
    const client = await object.connect("adder")
    object.send(client, "abc")
    const migrate = vi.fn<NonNullable<ActorOptions["migrate"]>>((snapshot) => ({
      ...snapshot,
      state: Number(snapshot.state) * 10,
    }))
    for (const text of ["a", "b"]) {
      await deploy({ actor: { version: 2, migrate } })
      object.send(client, text)
    }
    expect(taken(client)).toEqual(["sum 3", "sum 31", "sum 32"])
    expect(migrate.mock.calls).toEqual([[{ state: 3 }]])
  })

  it("refuses messages where its migrate throws or returns nothing", async () => {
    const client = await object.connect("adder")
    object.send(client, "abc")
    await deploy({ actor: { version: 2, migrate: () => undefined } })
    object.send(client, "abc")
    expect(taken(client)).toEqual(["sum 3"])
    expect(object.rows.has("sluice:actor:adder")).toBe(true)
  })
})

describe("a cell with another schema (fault 44)", () => {
  const schema = v.object({ text: v.string() })
  const migrate = (stored: unknown) => ({ text: String(stored) })

  it.each(["shared", "own"])("is refused with the remedy: %s", async (kind) => {
    const setter = await object.connect("set")
    object.send(setter, "first")
    const client = await object.connect(kind)
    await deploy({ cell: { schema } })
    object.send(client, "a")
    expect(taken(client)).toEqual([kind === "own" ? changed : closed(1011)])
    expect(causes()).toEqual([
      expect.stringMatching(
        `^The value of the cell "${kind}" is refused by its schema.*Give the cell a function migrate`,
      ),
    ])
  })

  it.each(["shared", "own"])("goes on with what migrate makes of the value: %s", async (kind) => {
    const setter = await object.connect("set")
    object.send(setter, "first")
    const client = await object.connect(kind)
    await deploy({ cell: { schema, migrate } })
    object.send(client, "a")
    await deploy({ cell: { schema, migrate } })
    object.send(client, "b")
    expect(taken(client)).toEqual(['a {"text":"first"}', 'b {"text":"first"}'])
    expect(errors).toEqual([])
  })

  it("names the cell where its migrate makes what the schema refuses", async () => {
    object.send(await object.connect("set"), "first")
    const client = await object.connect("shared")
    await deploy({ cell: { schema, migrate: () => 7 } })
    object.send(client, "a")
    expect(causes()).toEqual([expect.stringMatching('^The value of the cell "shared" is refused by its schema')])
  })
})
