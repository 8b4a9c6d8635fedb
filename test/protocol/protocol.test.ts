import { Hono } from "hono"
import { CloseError, Codec, Flow, json, text, webSocket } from "sluice"
import { protocol } from "sluice/protocol"
import * as v from "valibot"
import { describe, expect, it } from "vitest"
import type { QuerySchema } from "../../src/protocol/elements.ts"
import { codecOf } from "../../src/socket/protocol-codec.ts"
import { closed, connect } from "../support/client.ts"

const When = v.pipe(
  v.number(),
  v.transform((time) => new Date(time)),
)
const chat = protocol("/rooms/:room", {
  query: v.object({ name: v.pipe(v.string(), v.maxLength(3, "Too long")) }),
  receives: v.object({ say: v.pipe(v.string(), v.trim()) }),
  sends: v.object({ said: v.string(), at: When }),
  closes: { 4001: "Kicked" },
})
const upgrade = { headers: { Upgrade: "websocket" } }

describe("a protocol on an app", () => {
  const app = new Hono()
  chat.on(app, (c) => c.json({ params: c.req.param(), query: c.req.valid("query") }))

  it("passes the validated query to the handler", async () => {
    const response = await app.request("/rooms/lobby?name=Ann", upgrade)
    expect(await response.json()).toEqual({ params: { room: "lobby" }, query: { name: "Ann" } })
  })

  it("refuses another query before the upgrade, with the issues", async () => {
    const response = await app.request("/rooms/lobby?name=Annabel", upgrade)
    expect(response.status).toBe(400)
    expect(await response.json()).toEqual([{ path: "name", message: "Too long" }])
    expect((await app.request("/rooms/lobby", upgrade)).status).toBe(400)
  })

  describe("with the name of a param (the URL has one value for it)", () => {
    const both = { receives: text, sends: text }
    const room = v.object({ room: v.string() })
    const properties = { room: { type: "string" } }
    const standard = {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: (value: unknown) => ({ value: value as object }),
        jsonSchema: { input: () => ({ properties }), output: () => ({}) },
      },
    } as const
    const error = '"room" is a param of /rooms/:room and in the query of its protocol: rename one of them'

    it.each([
      ["an object", room],
      [
        "an object with a check",
        v.pipe(
          room,
          v.check(() => true),
        ),
      ],
      ["an optional entry", v.object({ room: v.optional(v.string()) })],
      ["an intersection", v.intersect([v.object({ name: v.string() }), room])],
      ["a union", v.union([v.object({ name: v.string() }), room])],
      ["a schema with Standard JSON Schema", standard],
    ])("is refused where the protocol is made: %s", (_, query) => {
      for (const path of ["/rooms/:room", "rooms/:room", "/rooms/:room{[a-z]+}", "/rooms/:room?"])
        expect(() => protocol(path, { ...both, query: query as QuerySchema })).toThrow(TypeError)
      expect(() => protocol("/rooms/:room", { ...both, query } as never)).toThrow(error)
    })

    it("is refused where the prefix of its path is known", async () => {
      const query: QuerySchema = room
      expect(() => protocol("/", { ...both, query }).under("/:room")).toThrow('"room" is a param of /:room')
      const based = protocol("/echo", { ...both, query })
      expect(() => based.on(new Hono().basePath("/:room"), (c) => c.text(""))).toThrow("is a param of /:room/echo")
      const [sub, outer] = [new Hono(), new Hono()]
      const mounted = protocol("/echo", { ...both, query })
      mounted.on(sub, (c) => c.text(mounted.url(c)))
      outer.route("/:room", sub).onError((failure, c) => c.text(String(failure)))
      expect(await (await outer.request("/a/echo?room=b")).text()).toContain("is a param of /:room/echo")
    })

    it("is any name for a schema that does not show its entries", () => {
      const unknown = { "~standard": { ...standard["~standard"], jsonSchema: undefined } }
      const failing = {
        "~standard": {
          ...standard["~standard"],
          jsonSchema: {
            input: () => {
              throw new Error("This target is not supported")
            },
          },
        },
      }
      for (const query of [unknown, failing]) expect(protocol("/:room", { ...both, query }).query).toBe(query)
    })
  })

  it("waits for a query whose schema is asynchronous", async () => {
    const query = v.objectAsync({
      name: v.pipeAsync(
        v.string(),
        v.checkAsync(async (name) => name === "Ann", "Not Ann"),
      ),
    })
    const other = new Hono()
    protocol("/", { query, receives: text, sends: text }).on(other, (c) => c.text(c.req.valid("query").name))
    expect(await (await other.request("/?name=Ann")).text()).toBe("Ann")
    expect((await other.request("/?name=Bob")).status).toBe(400)
  })
})

describe("the URL of a protocol", () => {
  it("has params and query", () => {
    expect(chat.url("https://example.com", { room: "a b", name: "Ann" })).toBe("wss://example.com/rooms/a%20b?name=Ann")
    expect(chat.url({ href: "http://localhost:1/x" }, { room: "a", name: "b" })).toBe("ws://localhost:1/rooms/a?name=b")
    expect(() => chat.url("https://example.com", { room: "", name: "Ann" })).toThrow('needs a value for "room"')
  })

  it("has the mount of its app, for a handler beside it", async () => {
    const echo = protocol("/echo", { receives: text, sends: text })
    const sub = new Hono().basePath("/v1")
    echo.on(sub, (c) => c.text(""))
    sub.get("/page", (c) => c.text(echo.url(c)))
    const app = new Hono().route("/api", sub)
    expect(await (await app.request("https://example.com/api/v1/page")).text()).toBe("wss://example.com/api/v1/echo")
    expect(echo.url("https://example.com")).toBe("wss://example.com/v1/echo")
  })

  it("has the mount of an app that handles its own errors", async () => {
    const echo = protocol("/echo", { receives: text, sends: text })
    const app = new Hono().onError((error, c) => c.text(error.message, 500))
    app.get("/page", (c) => c.text(echo.url(c)))
    echo.on(app, (c) => c.text(echo.url(c)))
    const outer = new Hono().route("/api", app)
    expect(await (await outer.request("/api/echo")).text()).toBe("ws://localhost/api/echo")
    expect(await (await outer.request("/api/page")).text()).toBe("ws://localhost/api/echo")
  })

  it("is refused to a handler of another app without under", async () => {
    const echo = protocol("/echo", { receives: text, sends: text })
    const sub = new Hono()
    echo.on(sub, (c) => c.text(""))
    const app = new Hono().route("/api", sub)
    app.get("/page", (c) => c.text(echo.url(c)))
    app.get("/other", (c) => c.text(echo.under("/api").url(c)))
    app.onError((error, c) => c.text(error.message, 500))
    expect(await (await app.request("/page")).text()).toBe("/echo is in another app: write under(its mount)")
    expect(await (await app.request("/other")).text()).toBe("ws://localhost/api/echo")
  })
})

describe("the codec of a protocol", () => {
  it("gives the flow the schema's output for a message", () => {
    const flow = Flow.of<{ say: string }>().map(({ say }) => ({ said: say, at: 0 }))
    expect(connect(codecOf(chat), flow).send('{"say":" hi "}').received).toEqual(['{"said":"hi","at":0}'])
  })

  it("closes with 1003 and the issues for a message that the schema refuses", () => {
    const flow = Flow.of<{ say: string }>().map(({ say }) => ({ said: say, at: 0 }))
    const [close] = connect(codecOf(chat), flow).send('{"say":1}').received
    expect(close).toEqual(closed(1003, expect.stringContaining('"path":"say"')))
  })

  it("fails a flow that emits an element that the other schema refuses", () => {
    const flow = Flow.of<{ say: string }>().map(() => JSON.parse('{"said":1}'))
    expect(connect(codecOf(chat), flow).send('{"say":"hi"}').received).toEqual([closed(1011)])
  })

  it("is the same for each connection", () => expect(codecOf(chat)).toBe(codecOf(chat)))

  it("may be a codec for each direction", () => {
    const numbers = text.map(Number).contramap(String)
    const mixed = protocol("/", { receives: numbers, sends: v.object({ half: v.number() }) })
    const flow = Flow.of<number>().map((number) => ({ half: number / 2 }))
    expect(connect(codecOf(mixed), flow).send("3").received).toEqual(['{"half":1.5}'])
    expect(codecOf(protocol("/", { receives: text, sends: text }))).toBe(text)
    const backward = protocol("/", {
      receives: v.object({ half: v.number() }),
      sends: new Codec(
        () => "",
        () => "out",
      ),
    })
    expect(
      connect(
        codecOf(backward),
        Flow.of<{ half: number }>().map(() => ""),
      ).send('{"half":1}').received,
    ).toEqual(["out"])
    expect(
      connect(codecOf(protocol("/", { receives: json(), sends: text })), Flow.of().map(String)).send("[1]").received,
    ).toEqual(["1"])
  })

  it("is JSON for a schema that has decode and encode itself, as those of zod", () => {
    const schema = {
      decode: () => expect.unreachable(),
      encode: () => expect.unreachable(),
      "~standard": { version: 1, vendor: "zod", validate: (value: unknown) => ({ value: [value] }) },
    } as const
    const own = protocol("/", { receives: schema, sends: schema })
    const mixed = protocol("/", { receives: schema, sends: text })
    expect(connect(codecOf(own), Flow.of()).send("1").received).toEqual(["[1]"])
    expect(connect(codecOf(mixed), Flow.of().map(String)).send("1").received).toEqual(["1"])
  })

  it("is taken wherever a codec is", () => {
    const flow = Flow.of<{ say: string }>().map(({ say }) => ({ said: say, at: 0 }))
    expect(webSocket.endpoint(chat, flow).direct.frame({ said: "hi", at: 1 }, (same) => same)).toBe(
      '{"said":"hi","at":1}',
    )
    expect(() => webSocket.endpoint({ receives: text } as never, flow)).toThrow("An endpoint has a codec")
  })
})

describe("CloseError.of", () => {
  it("closes with a code of the protocol, and its meaning as the reason", () => {
    expect(CloseError.of(chat, 4001)).toMatchObject({ code: 4001, reason: "Kicked" })
    expect(CloseError.of(chat, 4001, "Spam")).toMatchObject({ code: 4001, reason: "Spam" })
  })
})
