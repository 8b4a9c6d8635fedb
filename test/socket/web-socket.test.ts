import { cpSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Handler, Hono } from "hono"
import { describe, expect, it, onTestFinished } from "vitest"
import { text } from "../../src/socket/codec.ts"
import { type ConnectionInfo, infoOf } from "../../src/socket/connection-info.ts"
import { webSocket } from "../../src/socket/web-socket.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"

const flow = Flow.of<string>()
const upgrade = { Upgrade: "websocket" }
/** A value that TypeScript would refuse, as from JavaScript or an `any`. */
const mistyped = (value: unknown) => value as never

/** The message of the error that a handler's upgrade ends with. */
async function failure(handler: Handler): Promise<string> {
  const app = new Hono().onError((error, c) => c.text(`${error.name}: ${error.message}`, 500)).get("/", handler)
  const response = await app.request("/", { headers: upgrade })
  expect(response.status).toBe(500)
  return response.text()
}

describe("a handler (fault I)", () => {
  it.each([
    ["accept", flow, "an instance of Flow: write () => flow"],
    ["acceptOrResult", undefined, "undefined: is the codec the first argument?"],
  ] as const)("%s takes a function", (name, given, words) => {
    const taken = `webSocket.${name} takes a function, which it calls for each connection, and got`
    expect(() => webSocket[name](text, mistyped(given))).toThrow(new TypeError(`${taken} ${words}`))
  })

  it.each(["accept", "acceptOrResult"] as const)("%s takes a codec", (name) => {
    const words =
      "An endpoint has a codec, and got a function: use text, binary, json(), messages, a Codec of your own or a protocol"
    expect(() =>
      webSocket[name](
        mistyped(() => flow),
        mistyped(undefined),
      ),
    ).toThrow(new TypeError(words))
  })

  it.each(["upgrade", "forward"] as const)("%s takes the context", async (name) => {
    const taken = `TypeError: webSocket.${name} takes the context of the handler first, and got`
    const calls = {
      upgrade: () => webSocket.upgrade(mistyped(text), mistyped(flow), mistyped(undefined)),
      forward: () => webSocket.forward(mistyped(text), mistyped(flow)),
    }
    expect(await failure(async () => calls[name]())).toBe(
      `${taken} an instance of Codec: write webSocket.${name}(c, …)`,
    )
  })
})

describe("upgrade (fault I)", () => {
  it.each([
    [undefined, "undefined: is a return missing?"],
    [Source.never<string>(), "an instance of Source: write Flow.fromSinkAndSource(Sink.ignore(), source)"],
    [Promise.resolve(flow), "a promise: await it in the route, and hand over what it gives as data"],
    [() => flow, "a function: call it"],
  ])("takes a flow: %#", async (given, words) => {
    expect(await failure((c) => webSocket.upgrade(c, text, mistyped(given)))).toBe(
      `TypeError: An endpoint has a flow, and got ${words}`,
    )
  })

  it("takes a codec", async () => {
    expect(await failure((c) => webSocket.upgrade(c, mistyped(flow), mistyped(text)))).toMatch(
      /^TypeError: An endpoint has a codec, and got an instance of Flow/,
    )
  })
})

describe("the return value of a handler's function (fault I)", () => {
  const source = Source.never<string>()

  it.each([
    [undefined, "undefined: is a return missing?"],
    [null, "null: start with Flow.of()"],
    [source, "an instance of Source: write Flow.fromSinkAndSource(Sink.ignore(), source)"],
    [Sink.ignore(), "an instance of Sink: write Flow.fromSinkAndSource(sink, Source.never())"],
    [new Response("no"), "an instance of Response: webSocket.acceptOrResult can reject"],
    [webSocket.endpoint(text, flow), /: webSocket.endpoint is for the accept of a FlowObject; return its flow here$/],
    [{ flow }, "an object (flow): write its flow, and the rest as options"],
    [() => flow, "a function: call it"],
    ["flow", '"flow": start with Flow.of()'],
  ])("is a flow for accept: %#", async (returned, words) => {
    const begin = "TypeError: The function of webSocket.accept must return a flow, and returned"
    const message = await failure(webSocket.accept(text, () => mistyped(returned)))
    if (typeof words === "string") expect(message).toBe(`${begin} ${words}`)
    else expect(message).toMatch(words)
    expect(await failure(webSocket.accept(text, async () => mistyped(returned)))).toBe(message)
  })

  it("is a flow or a response for acceptOrResult", async () => {
    const message = await failure(webSocket.acceptOrResult(text, () => mistyped(undefined)))
    expect(message).toBe(
      "TypeError: The function of webSocket.acceptOrResult must return a flow, and returned undefined: is a return missing?",
    )
  })

  it("is passed on if it rejects", async () => {
    const app = new Hono()
    app.get(
      "/worker",
      webSocket.acceptOrResult(text, (c) => c.text("Forbidden", 403)),
    )
    app.get("/object", (c) => webSocket.forward(c, { fetch: async () => new Response("Full", { status: 503 }) }))
    expect((await app.request("/worker", { headers: upgrade })).status).toBe(403)
    const response = await app.request("/object", { headers: upgrade })
    expect([response.status, await response.text()]).toEqual([503, "Full"])
  })
})

describe("forward (fault I)", () => {
  it.each([
    [undefined, "undefined: write c.env.ROOM.getByName(name)"],
    [flow, "an instance of Flow: write c.env.ROOM.getByName(name)"],
    ["lobby", '"lobby": write c.env.ROOM.getByName(name)'],
    [{ getByName() {}, idFromName() {} }, /: take one of its objects with getByName\(name\)$/],
  ])("takes a stub: %#", async (stub, words) => {
    const begin = "TypeError: webSocket.forward takes the stub of an object, and got"
    const message = await failure((c) => webSocket.forward(c, mistyped(stub)))
    if (typeof words === "string") expect(message).toBe(`${begin} ${words}`)
    else expect(message).toMatch(words)
  })

  it("takes the stub of a FlowObject: another class that answers 200 has not taken the socket", async () => {
    const stub = { fetch: async () => new Response("Hello") }
    expect(await failure((c) => webSocket.forward(c, stub))).toBe(
      "TypeError: The object behind / answered 200 to an upgrade: its class must extend FlowObject, and a fetch of its own must return super.fetch(request)",
    )
  })

  it("refuses an option that it does not have", async () => {
    const stub = { fetch: async () => new Response("Hello") }
    expect(await failure((c) => webSocket.forward(c, stub, mistyped({ header: ["Cookie"] })))).toBe(
      'TypeError: There is no forward option "header": there are data, headers',
    )
  })

  it("cancels the body of an answer that it does not pass on", async () => {
    let isCancelled = false
    const body = new ReadableStream({
      cancel() {
        isCancelled = true
      },
    })
    await failure((c) => webSocket.forward(c, { fetch: async () => new Response(body) }))
    expect(isCancelled).toBe(true)
  })

  it.each([
    [{ user: { since: new Map() } }, "a Map at user.since: map it with Object.fromEntries"],
    [{ id: 7n }, "a bigint (7) at id: map it with String"],
    [() => 42, "a function: send objects, lists, strings, numbers, booleans and null"],
    [Promise.resolve(), "a promise: await it first"],
  ])("takes JSON as data (fault 7): %#", async (data, words) => {
    const stub = { fetch: async () => new Response("Full", { status: 503 }) }
    const message = await failure((c) => webSocket.forward(c, stub, { data: mistyped(data) }))
    expect(message).toContain("TypeError: webSocket.forward hands over JSON, and its data has")
    expect(message).toContain(words.slice(words.indexOf(":")))
  })
})

describe("an endpoint (fault I)", () => {
  it("has a codec and a flow", () => {
    expect(() => webSocket.endpoint(mistyped(flow), mistyped(text))).toThrow(
      /^An endpoint has a codec, and got an instance of Flow/,
    )
    expect(() => webSocket.endpoint(text, mistyped(Source.never()))).toThrow(
      /^An endpoint has a flow, and got an instance of Source/,
    )
    expect(() => webSocket.endpoint(text, mistyped(undefined))).toThrow(TypeError)
  })
})

describe("the info of a connection for an object", () => {
  it("is the address, the params, the named headers, and the data of the route", async () => {
    let told: ConnectionInfo | undefined
    const fetch = async (request: Request) => {
      told = infoOf(request)
      return new Response("Full", { status: 503 })
    }
    const app = new Hono().get("/rooms/:room/:seat?", (c) =>
      webSocket.forward(c, { fetch }, { headers: ["X-Kept", "x-missing"], data: { user: c.req.query("user") } }),
    )
    const headers = { ...upgrade, "x-kept": "kept", "X-Other": "lost" }
    await app.request("https://example.com/rooms/a%20b?user=ann", { headers })
    expect(told).toEqual({
      id: expect.any(String),
      url: "https://example.com/rooms/a%20b?user=ann",
      params: { room: "a b" },
      headers: { "x-kept": "kept" },
      data: { user: "ann" },
      route: "/rooms/:room/:seat?",
    })
  })
})

describe("the name of a connection in logs and metrics (fault 29)", () => {
  /** The route in the info for an object, for a request at this address. */
  async function routeAt(make: (handler: Handler) => Pick<Hono, "request">, address: string) {
    const told: string[] = []
    const fetch = async (request: Request) => {
      told.push(decodeURIComponent(request.headers.get("Sluice-Info") ?? ""))
      return new Response("Full", { status: 503 })
    }
    const response = await make((c) => webSocket.forward(c, { fetch })).request(address, { headers: upgrade })
    expect(response.status).toBe(503)
    return JSON.parse(told[0] ?? "").route
  }

  it("is the path of its route, with the mount of its app", async () => {
    const make = (handler: Handler) => new Hono().route("/api", new Hono().get("/items/:id", handler))
    expect(await routeAt(make, "/api/items/7")).toBe("/api/items/:id")
  })

  it("is the same in an app of another copy of Hono", async () => {
    const directory = mkdtempSync(join(tmpdir(), "sluice-hono-"))
    onTestFinished(() => rmSync(directory, { recursive: true }))
    cpSync("node_modules/hono", directory, { recursive: true })
    const other: typeof import("hono") = await import(join(directory, "dist/index.js"))
    expect(other.Hono).not.toBe(Hono)
    expect(await routeAt((handler) => new other.Hono().get("/items/:id", handler), "/items/7")).toBe("/items/:id")
  })

  it("may be missing for a request without a route", async () => {
    const make = (handler: Handler) => new Hono().notFound((c) => handler(c, async () => {}) as Promise<Response>)
    expect(await routeAt(make, "/nowhere")).toBe("no route")
  })
})
