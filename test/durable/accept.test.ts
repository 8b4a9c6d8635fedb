import { type AutoResponse, Flow, text, webSocket } from "sluice"
import { Source as ActorSource } from "sluice/actor"
import type { ConnectionContext } from "sluice/durable"
import * as v from "valibot"
import { beforeEach, describe, expect, it, vi } from "vitest"
import { ask, dial, newAcceptingObject, sockets, testObject } from "../support/accepting-object.ts"
import { closed } from "../support/client.ts"
import { script } from "../support/durable-worker/scripted.ts"
import { TestObject } from "../support/test-object.ts"

let autoResponse: AutoResponse | undefined

const Visitor = v.object({
  name: v.string(),
  since: v.pipe(
    v.string(),
    v.isoTimestamp(),
    v.transform((text) => new Date(text)),
  ),
})

beforeEach(() => {
  newAcceptingObject()
  autoResponse = undefined
})

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

  it("closes with 1008 a connection that was accepted before", async () => {
    const [first] = [await dial(), await dial()]
    await testObject.sleep()
    script(() => ({ accept: () => new Response("Banned", { status: 403 }) }))
    expect(await first.send("a").next()).toEqual([closed(1008)])
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

describe("the data of a route (fault 7)", () => {
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

describe("the return value of accept (fault I)", () => {
  const returned: Record<string, [value: unknown, message: RegExp]> = {
    undefined: [
      undefined,
      /Scripted\.accept must return an endpoint or a Response, and returned undefined: is a return missing\?/,
    ],
    "a text": ["hello", /Scripted\.accept must return .* returned "hello"/],
    "a flow": [Flow.of<string>(), /Scripted\.accept must return .*Flow: write webSocket\.\w+\(codec, flow\)/],
    "a handler": [
      webSocket.accept(text, () => Flow.of<string>()),
      /returned a function: write webSocket\.endpoint\(codec, flow\)/,
    ],
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

describe("a class with a mistake", () => {
  it("without SQLite is refused with the remedy (fault 49)", async () => {
    await expect(new TestObject("KEY_VALUE").inside(() => {})).rejects.toThrow(
      /^KeyValue needs a Durable Object with SQLite: name it in "new_sqlite_classes" of a migration in wrangler\.toml/,
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

describe("the auto-response of the runtime (fault 42)", () => {
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
