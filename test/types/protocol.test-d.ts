import { Hono } from "hono"
import { binary, CloseError, Flow, type JsonValue, json, text, webSocket } from "sluice"
import { connect } from "sluice/client"
import { FlowObject } from "sluice/durable"
import { protocol } from "sluice/protocol"
import * as v from "valibot"
import { describe, expectTypeOf, it } from "vitest"

const app = new Hono<{ Bindings: { ROOM: string } }>()
const Say = v.object({ type: v.literal("say"), text: v.pipe(v.string(), v.trim()) })
const ChatEvent = v.variant("type", [
  v.object({ type: v.literal("joined"), name: v.string() }),
  v.object({
    type: v.literal("said"),
    at: v.pipe(
      v.number(),
      v.transform((time) => new Date(time)),
    ),
  }),
])
const chat = protocol("/rooms/:room", {
  query: v.object({ name: v.string(), every: v.optional(v.pipe(v.string(), v.transform(Number))) }),
  receives: Say,
  sends: ChatEvent,
  closes: { 4001: "Kicked" },
})
const echo = protocol("/echo", { receives: text, sends: text })

describe("a protocol", () => {
  it("has no query with the name of a param", () => {
    const both = { receives: text, sends: text }
    // @ts-expect-error
    protocol("/rooms/:room", { ...both, query: v.object({ name: v.string(), room: v.optional(v.string()) }) })
    // @ts-expect-error
    protocol("/rooms/:room?", { ...both, query: v.object({ room: v.string() }) })
    protocol("/rooms/:room", { ...both, query: v.object({ name: v.string() }) })
    protocol("/rooms/:room", { ...both, query: v.record(v.string(), v.string()) })
    protocol("/rooms/:room", both)
  })
})

describe("the server of a protocol", () => {
  it("has the params, the query and the bindings", () => {
    chat.on(app, (c) => {
      expectTypeOf(c.req.param("room")).toEqualTypeOf<string>()
      expectTypeOf(c.req.valid("query")).toEqualTypeOf<{ name: string; every?: number | undefined }>()
      expectTypeOf(c.env.ROOM).toEqualTypeOf<string>()
      return c.text("")
    })
  })

  it("has the query in accept and acceptOrResult, too", () => {
    const said = Flow.of<{ type: "say"; text: string }>().map(() => ({ type: "said" as const, at: 1 }))
    chat.on(
      app,
      webSocket.accept(chat, (c) => {
        expectTypeOf(c.req.valid("query")).toEqualTypeOf<{ name: string; every?: number | undefined }>()
        expectTypeOf(c.req.param("room")).toEqualTypeOf<string>()
        expectTypeOf(c.env.ROOM).toEqualTypeOf<string>()
        return said
      }),
    )
    chat.on(
      app,
      webSocket.acceptOrResult(chat, (c) => (c.req.valid("query").name === "eve" ? c.text("Forbidden", 403) : said)),
    )
  })

  it("receives the output of one schema, and sends the input of the other", () => {
    chat.on(app, (c) =>
      webSocket.upgrade(
        c,
        chat,
        Flow.of<{ type: "say"; text: string }>().map(() => ({ type: "said" as const, at: 1 })),
      ),
    )
    const hello = Flow.of<{ type: "say"; text: string }>().map(() => "hello")
    // @ts-expect-error
    webSocket.endpoint(chat, hello)
    const shouted = Flow.of<{ type: "shout" }>().map(() => ({ type: "said" as const, at: 1 }))
    // @ts-expect-error
    webSocket.endpoint(chat, shouted)
    const accepted = webSocket.accept(echo, (c) => {
      expectTypeOf(c.req.param()).toExtend<object>()
      return Flow.of<string>()
    })
    echo.on(app, accepted)
  })

  it("is an endpoint of an object", () => {
    class Room extends FlowObject {
      protected accept() {
        return webSocket.endpoint(
          chat,
          Flow.of<{ type: "say" }>().map(() => ({ type: "joined" as const, name: "Ann" })),
        )
      }
    }
    expectTypeOf<Room>().toExtend<FlowObject>()
  })

  it("closes with codes of the protocol", () => {
    expectTypeOf(CloseError.of(chat, 4001)).toEqualTypeOf<CloseError>()
    // @ts-expect-error
    CloseError.of(chat, 4002)
    // @ts-expect-error
    CloseError.of(echo, 4001)
  })
})

describe("the client of a protocol", () => {
  const room = connect(chat, { room: "lobby", name: "Ann" })

  it("sends the input of the server's receives", () => {
    room.send({ type: "say", text: "hi" })
    // @ts-expect-error
    room.send({ type: "shout" })
    // @ts-expect-error
    room.send({ type: "say" })
  })

  it("gets the output of the server's sends", () => {
    room.on("message", (message) => {
      if (message.type === "said") expectTypeOf(message.at).toEqualTypeOf<Date>()
      else expectTypeOf(message.name).toEqualTypeOf<string>()
    })
    expectTypeOf(connect(echo)[Symbol.asyncIterator]()).toEqualTypeOf<AsyncGenerator<string, void>>()
    expectTypeOf(connect(protocol("/", { receives: binary, sends: json() })).send)
      .parameter(0)
      .toEqualTypeOf<Uint8Array>()
    connect(protocol("/", { receives: binary, sends: json() })).on("message", (message) =>
      expectTypeOf(message).toEqualTypeOf<JsonValue>(),
    )
  })

  it("requires the params and the query", () => {
    connect(chat, { room: "lobby", name: "Ann", every: 100 })
    connect(chat, async () => ({ room: "lobby", name: "Ann" }))
    connect(echo)
    connect(echo, {}, { base: "https://example.com" })
    // @ts-expect-error
    connect(chat, { room: "lobby" })
    // @ts-expect-error
    connect(chat, { name: "Ann" })
    // @ts-expect-error
    connect(chat)
    // @ts-expect-error
    connect(chat, { room: "lobby", name: "Ann", color: "red" })
    // @ts-expect-error
    connect(echo, { room: "lobby" })
  })

  it("refuses unknown options and events", () => {
    // @ts-expect-error
    connect(echo, {}, { bufferSise: 1 })
    // @ts-expect-error
    connect(chat, { room: "lobby", name: "Ann" }, { bufferSise: 1 })
    // @ts-expect-error
    room.on("mesage", () => {})
  })

  it("has the codes with which it ends", () => {
    void room.closed.then(({ code }) => {
      expectTypeOf(code).toEqualTypeOf<1000 | 1003 | 1005 | 1008 | 4001>()
      // @ts-expect-error
      return code === 4002
    })
    room.close(4001)
    // @ts-expect-error
    room.close(4002)
  })

  it("takes any WebSocket", () => {
    connect(echo, {}, { WebSocket })
  })
})

describe("the URL of a protocol", () => {
  it("requires the params and the query", () => {
    chat.url("https://example.com", { room: "lobby", name: "Ann" })
    chat.under("/api/:version").url("https://example.com", { room: "lobby", name: "Ann", version: 1 })
    // @ts-expect-error
    chat.url("https://example.com", { room: "lobby" })
    // @ts-expect-error
    chat.under("/api/:version").url("https://example.com", { room: "lobby", name: "Ann" })
    echo.url("https://example.com")
  })
})

describe("the protocol", () => {
  it("describes params of its path, and has examples of messages on the wire", () => {
    const options = { receives: Say, sends: ChatEvent }
    protocol("/rooms/:room", { ...options, params: { room: "A name" }, examples: { sends: [{ type: "said", at: 1 }] } })
    // @ts-expect-error
    protocol("/rooms/:room", { ...options, params: { seat: "A number" } })
    // @ts-expect-error
    protocol("/rooms/:room", { ...options, examples: { sends: [{ type: "said", at: new Date() }] } })
  })
})
