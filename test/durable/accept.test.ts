import { abortAllDurableObjects } from "cloudflare:test"
import { exports } from "cloudflare:workers"
import { type AutoResponse, Flow, Sink, Source, text, webSocket } from "sluice"
import { Source as ActorSource } from "sluice/actor"
import type { ConnectionContext } from "sluice/durable"
import * as v from "valibot"
import { beforeEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { countingBuilds, newWorld } from "../support/durable-worker/bench.ts"
import { type Scripted, script } from "../support/durable-worker/scripted.ts"
import { logged } from "../support/logged.ts"
import { RemoteClients } from "../support/remote-clients.ts"
import { holdTime, TestObject } from "../support/test-object.ts"

let testObject: TestObject<Scripted>
let autoResponse: AutoResponse | undefined
let ids: string[]

const Visitor = v.object({
  name: v.string(),
  since: v.pipe(
    v.string(),
    v.isoTimestamp(),
    v.transform((text) => new Date(text)),
  ),
})

beforeEach(() => {
  vi.restoreAllMocks()
  holdTime()
  logged()
  newWorld()
  autoResponse = undefined
  ids = []
  testObject = new TestObject("SCRIPTED")
})

const path = (data: unknown) => `/scripted/:id?data=${encodeURIComponent(JSON.stringify(data))}`
const dial = (data: unknown = "echo") => testObject.dial(path(data))
/** The answer to an upgrade request. */
const ask = (data: unknown = "echo") =>
  exports.default.fetch(`https://example.com${path(data).replace(":id", testObject.id)}`, {
    headers: { Upgrade: "websocket" },
  })
const sockets = () =>
  testObject.inside(
    (_, state) => state.getWebSockets().filter(({ readyState }) => readyState === WebSocket.OPEN).length,
  )

describe("accept that returns a Response (fault 34)", () => {
  beforeEach(() =>
    script(({ connections }) => ({
      accept() {
        if (connections.size < 2) return webSocket.endpoint(text, Flow.of<string>())
        return new Response("The room is full", { status: 503, headers: { "X-Why": "full" } })
      },
    })),
  )

  it("rejects before the upgrade, and leaves no socket", async () => {
    const [first] = [await dial(), await dial()]
    const response = await ask()
    expect([response.status, response.webSocket, response.headers.get("X-Why"), await response.text()]).toEqual([
      503,
      null,
      "full",
      "The room is full",
    ])
    expect(await sockets()).toBe(2)
    await testObject.sleep()
    expect((await ask()).status).toBe(503)
    first.close(1000)
    await first.next()
    await testObject.arrived()
    const next = await dial()
    expect(await next.send("a").next()).toEqual(["a"])
  })

  it("keeps the members of a room that is full", async () => {
    const [first] = [await dial(), await dial()]
    await testObject.sleep()
    expect(await first.send("a").next()).toEqual(["a"])
  })

  it("closes with 1008 what was accepted before", async () => {
    const [first] = [await dial(), await dial()]
    await testObject.sleep()
    script(() => ({ accept: () => new Response("Banned", { status: 403 }) }))
    expect(await first.send("a").next()).toEqual([closed(1008)])
  })
})

describe("the connections of an object (fault 34)", () => {
  beforeEach(() =>
    script(() => ({
      accept({ id, data }) {
        if (!ids.includes(id)) ids.push(id)
        if (data === "late") return webSocket.endpoint(text, Flow.of<string>().delay("1 hour"))
        return countingBuilds(
          webSocket.endpoint(
            text,
            Flow.of<string>().map((text) => `${text} ${id}`),
          ),
        )
      },
    })),
  )

  it("are counted, found and listed by the ids in their info, and closed, without restoring any other", async () => {
    const [ann, bob] = [await dial("ann"), await dial("bob")]
    const [annId = "", bobId = ""] = ids
    expect(await ann.send("a").next()).toEqual([`a ${annId}`])
    await testObject.sleep()
    const world = newWorld()
    const seen = await testObject.inside(({ tools: { connections } }) => [
      connections.size,
      [...connections].map(({ id, data }) => `${data} ${id}`).toSorted(),
      connections.get(bobId)?.data,
      connections.get("none"),
      connections.close("none"),
    ])
    expect(seen).toEqual([2, [`ann ${annId}`, `bob ${bobId}`].toSorted(), "bob", undefined, false])
    expect(world.built).toBe(0)
    await testObject.inside(({ tools: { connections } }) => {
      expect(() => connections.close(annId, 1005)).toThrow(RangeError)
      expect(connections.close(bobId, 4001, "Kicked")).toBe(true)
      expect([connections.close(bobId), connections.get(bobId), connections.size]).toEqual([false, undefined, 1])
    })
    expect(await bob.next()).toEqual([closed(4001, "Kicked")])
    expect(world.built).toBe(1)
    expect(await ann.send("b").next()).toEqual([`b ${annId}`])
  })

  it("leave out a connection with a closed socket, even while its flow still runs", async () => {
    const { webSocket: silent } = await ask("late")
    silent?.accept({ allowHalfOpen: true })
    silent?.send("a")
    await testObject.arrived()
    const [id = ""] = ids
    expect(await testObject.inside(({ tools: { connections } }) => connections.close(id))).toBe(true)
    expect(await testObject.inside(({ tools: { connections } }) => [...connections])).toEqual([])
    await testObject.sleep()
    await dial()
    expect(await testObject.inside(({ tools: { connections } }) => connections.size)).toBe(1)
    await testObject.inside((_, { storage }) => storage.setAlarm(Date.now() + 30_000))
    vi.setSystemTime(Date.now() + 30_000)
    await testObject.ring(Date.now())
    expect(
      await testObject.inside(({ tools: { connections } }) => [connections.size, [...connections].length]),
    ).toEqual([1, 1])
  })

  it("are counted without a list of them for each that is accepted (fault 45)", async () => {
    await dial()
    await testObject.sleep()
    const list = await testObject.inside((_, state) => vi.spyOn(Object.getPrototypeOf(state), "getWebSockets"))
    for (let n = 0; n < 10; n++) await dial()
    expect(list.mock.calls).toEqual([["sluice"]])
  })
})

it("the connection's cell can be set in accept (fault 9)", async () => {
  script(() => ({
    accept({ cell }: ConnectionContext) {
      const count = cell("count", 0)
      if (count.get() === 0) count.set(5)
      return webSocket.endpoint(
        text,
        Flow.of<string>().map(() => {
          count.update((n) => n + 1)
          return String(count.get())
        }),
      )
    },
  }))
  const client = await dial()
  expect(await client.send("a").next()).toEqual(["6"])
  await testObject.sleep()
  expect(await client.send("b").next()).toEqual(["7"])
})

it("a flow that cannot start leaves no socket behind (fault 34)", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {})
  const once = ActorSource.actorRef<string>()
  script(() => ({ accept: () => webSocket.endpoint(text, Flow.of<string>().merge(once.source)) }))
  const first = await dial()
  expect((await ask()).status).toBe(500)
  expect([await sockets(), await testObject.inside(({ tools }) => tools.connections.size)]).toEqual([1, 1])
  expect(await first.send("a").next()).toEqual(["a"])
})

describe("the data that a route hands over (fault 7)", () => {
  beforeEach(() =>
    script(() => ({
      dataSchema: Visitor,
      accept: ({ data }) =>
        webSocket.endpoint(
          text,
          Flow.of<string>().map(() => String((data as v.InferOutput<typeof Visitor>).since.getTime())),
        ),
    })),
  )

  it("goes through the schema of the class, again after an eviction, and for the list of connections", async () => {
    const client = await dial({ name: "ann", since: "2030-01-01T00:00:00.000Z" })
    for (const _ of [1, 2]) {
      expect(await client.send("?").next()).toEqual([String(Date.UTC(2030, 0, 1))])
      await testObject.sleep()
    }
    const data = await testObject.inside(({ tools }) => [...tools.connections].map(({ data }) => data))
    expect(data).toEqual([{ name: "ann", since: new Date("2030-01-01T00:00:00.000Z") }])
  })

  it("is refused with 500, and the log names the class, the path and the remedy", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {})
    const response = await ask({ name: "ann", since: "yesterday" })
    expect([response.status, await response.text()]).toEqual([500, "Internal Server Error"])
    expect(String(log.mock.calls.flat()[0])).toMatch(
      /The data that a route hands over to Scripted is refused by its schema: since: Invalid timestamp.*\. Hand over what/,
    )
    expect(await sockets()).toBe(0)
  })
})

describe("what accept returns (fault I)", () => {
  const returned: Record<string, [value: unknown, message: RegExp]> = {
    undefined: [
      undefined,
      /Scripted\.accept must return an endpoint or a Response, and returned undefined: is a return missing\?/,
    ],
    "a text": ["hello", /Scripted\.accept must return .* returned "hello"/],
    "a flow": [Flow.of<string>(), /Scripted\.accept must return .*Flow: write webSocket\.\w+\(codec, flow\)/],
    "a promise": [Promise.resolve(), /Scripted\.accept must return .* a promise: await it in the route/],
  }

  it.each(Object.entries(returned))("is checked: %s", async (_, [value, message]) => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {})
    script(() => ({ returns: value }))
    expect((await ask()).status).toBe(500)
    expect(String(log.mock.calls.flat()[0])).toMatch(message)
    expect(await sockets()).toBe(0)
  })
})

describe("a class that cannot work", () => {
  it("without SQLite is refused with the remedy (fault 49)", async () => {
    await expect(new TestObject("KEY_VALUE").inside(() => {})).rejects.toThrow(
      /^KeyValue needs a Durable Object with SQLite: bind it by "new_sqlite_classes"/,
    )
  })

  it("with a flow that cannot hibernate is refused with its name and the step (fault I)", async () => {
    await expect(new TestObject("PINNED_FLOW").inside(() => {})).rejects.toThrow(
      /^"fromAsync", step \d+ of the flow that PinnedFlow\.accept returns, cannot hibernate/,
    )
  })

  it("with a shared source that cannot hibernate is refused with both names (fault I)", async () => {
    await expect(new TestObject("PINNED").inside(() => {})).rejects.toThrow(
      /^"fromAsync", step 1 of the shared source "letters" of Pinned, cannot hibernate/,
    )
  })
})

describe("the text that the runtime answers (fault 42)", () => {
  it("is that of the newest release, though older sockets are open", async () => {
    script(() => ({ accept: () => webSocket.endpoint(text, Flow.of<string>(), { autoResponse }) }))
    autoResponse = { request: "ping", response: "pong" }
    const old = await dial()
    expect(await old.send("ping").next()).toEqual(["pong"])
    await testObject.sleep()
    autoResponse = { request: "hey", response: "ho" }
    const next = await dial()
    expect(await next.send("hey", "ping").next(2)).toEqual(["ho", "ping"])
    expect(await old.send("hey", "ping").next(2)).toEqual(["ho", "ping"])
  })
})

describe("state that is spilled to a row (fault 48)", () => {
  beforeEach(() =>
    script(({ hub }) => {
      const news = hub<string>("news")
      return {
        accept({ data }) {
          if (data === "news") return webSocket.endpoint(text, Flow.fromSinkAndSource(Sink.ignore(), news.source()))
          const ends = Sink.onComplete(() => news.publish("left"))
          const all = Flow.of<string>().scan("", (all, text) => all + text)
          return webSocket.endpoint(
            text,
            all
              .drop(1)
              .map(({ length }) => String(length))
              .alsoTo(ends)
              .merge(Source.never()),
          )
        },
      }
    }),
  )

  it("is gone after a crash with the next socket", async () => {
    expect(await (await dial("all")).send("x".repeat(20_000)).next()).toEqual(["20000"])
    expect(await testObject.rows()).toEqual([expect.stringMatching("^sluice:spill:")])
    await abortAllDurableObjects()
    await dial("news")
    expect(await testObject.rows()).toEqual([])
  })

  it("stays while its socket hibernates, though another one is accepted first", async () => {
    const client = await dial("all")
    expect(await client.send("x".repeat(20_000)).next()).toEqual(["20000"])
    await testObject.sleep()
    await dial("news")
    expect(await client.send("y").next()).toEqual(["20001"])
  })

  it("serves the end of a client that has vanished while the object hibernated", async () => {
    const [news, clients] = [await dial("news"), new RemoteClients()]
    const lost = await clients.dial(path("all").replace(":id", testObject.id))
    await clients.send(lost, "x".repeat(20_000))
    await testObject.arrived()
    expect(await testObject.rows()).toHaveLength(1)
    await testObject.sleep()
    await clients.vanish()
    expect(await news.next()).toEqual(["left"])
    expect(await testObject.rows()).toEqual([])
  })
})
