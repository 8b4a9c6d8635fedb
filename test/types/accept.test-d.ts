import { type Context, type Env, Hono } from "hono"
import { binary, Codec, Flow, type JsonValue, json, Message, messages, Sink, Source, text, webSocket } from "sluice"
import { route } from "sluice/routing"
import * as v from "valibot"
import { describe, expectTypeOf, it } from "vitest"

interface Bindings {
  ROOMS: string
}
const app = new Hono<{ Bindings: Bindings }>()
const echo = Flow.of<string>()
const seat = route("/rooms/:room/seats/:seat{[0-9]+}")

describe("the context of an accept on a route", () => {
  it("knows the path's params and the app's bindings", () => {
    seat.on(
      app,
      webSocket.accept(text, (c) => {
        expectTypeOf(c.env).toEqualTypeOf<Bindings>()
        expectTypeOf(c.req.param("room")).toEqualTypeOf<string>()
        expectTypeOf(c.req.param()).toEqualTypeOf<{ room: string; seat: string }>()
        return echo
      }),
    )
  })

  it("does not know other params", () => {
    seat.on(
      app,
      webSocket.accept(text, (c) => {
        expectTypeOf(c.req.param("table")).toEqualTypeOf<string | undefined>()
        return echo
      }),
    )
  })

  it("is the same for every way to accept", () => {
    seat.on(
      app,
      webSocket.acceptOrResult(text, (c) => {
        expectTypeOf(c.env.ROOMS).toEqualTypeOf<string>()
        return c.req.param("room") === "blue" ? echo : c.text("There is no such room", 404)
      }),
    )
    seat.on(
      app,
      webSocket.acceptWithOptions(text, (c) => {
        expectTypeOf(c.env.ROOMS).toEqualTypeOf<string>()
        return { flow: echo, subprotocol: c.req.param("room") }
      }),
    )
    seat.on(
      app,
      webSocket.acceptOrResultWithOptions(text, async (c) => {
        expectTypeOf(c.env.ROOMS).toEqualTypeOf<string>()
        return c.req.param("room") === "blue" ? { flow: echo } : c.notFound()
      }),
    )
    seat.on(
      app,
      webSocket.acceptEndpoint((c) => {
        expectTypeOf(c.env.ROOMS).toEqualTypeOf<string>()
        return c.req.param("room") === "blue" ? webSocket.flow(text, echo) : c.notFound()
      }),
    )
  })

  it("knows that an optional param may be missing", () => {
    route("/list/:page?").on(
      app,
      webSocket.accept(text, (c) => {
        expectTypeOf(c.req.param("page")).toEqualTypeOf<string | undefined>()
        return echo
      }),
    )
  })
})

describe("an annotated context", () => {
  it("works with app.get", () => {
    app.get(
      "/items/:id",
      webSocket.accept(text, (c: Context<{ Bindings: Bindings }, "/items/:id">) => {
        expectTypeOf(c.req.param("id")).toEqualTypeOf<string>()
        return echo
      }),
    )
  })

  it("works in a handler of its own", () => {
    const item = webSocket.accept(text, (c: Context<Env, "/items/:id">) => echo.map((m) => c.req.param("id") + m))
    app.get("/items/:id", item)
    route("/items/:id").on(new Hono(), item)
  })

  it("is not needed by a handler that does not look at it", () => {
    const handler = webSocket.accept(text, () => echo)
    app.get("/echo", handler)
    route("/echo").on(app, handler)
  })
})

describe("a handler for other bindings", () => {
  it("does not compile", () => {
    const ofRooms = webSocket.accept(text, (c: Context<{ Bindings: Bindings }>) => echo.map((m) => c.env.ROOMS + m))
    // @ts-expect-error
    seat.on(new Hono<{ Bindings: { OTHER: number } }>(), ofRooms)
  })
})

describe("codec and flow", () => {
  it("have the same elements", () => {
    webSocket.accept(text, () => echo)
    webSocket.accept(binary, () => Flow.of<Uint8Array>())
    webSocket.accept(messages, () => Flow.of<Message>())
    webSocket.accept(messages, () => Flow.of<Message>().map(() => Message.close(4000)))
    webSocket.accept(json(), () => Flow.of<JsonValue>())
    webSocket.accept(text.map(Number).contramap(String), () => Flow.of<number>())
    webSocket.accept(text, async () => Flow.fromSinkAndSource(Sink.ignore(), Source.single("hello")))
  })

  it("do not compile where the flow takes others", () => {
    // @ts-expect-error
    webSocket.accept(text, () => Flow.of<number>())
    // @ts-expect-error
    webSocket.accept(text, () => Flow.of<number>().map(String))
    // @ts-expect-error
    webSocket.accept(binary, () => echo)
  })

  it("do not compile where the flow emits others", () => {
    // @ts-expect-error
    webSocket.accept(text, () => echo.map((message) => message.length))
    // @ts-expect-error
    webSocket.acceptOrResult(text, (c) => (c.req.query("x") ? echo.map(Number) : c.text("no", 403)))
    // @ts-expect-error
    webSocket.acceptWithOptions(text, () => ({ flow: echo.map(Number) }))
    // @ts-expect-error
    webSocket.accept(messages, () => Flow.of<Message>().map(() => "text"))
  })

  it("do not compile where accept may reject", () => {
    // @ts-expect-error
    webSocket.accept(text, (c) => c.text("no", 403))
  })
})

describe("json of two schemas", () => {
  const InEvent = v.object({ foo: v.string() })
  const OutEvent = v.object({ bar: v.number() })

  it("is a codec of the models", () => {
    expectTypeOf(json(InEvent, OutEvent)).toEqualTypeOf<Codec<{ foo: string }, { bar: number }>>()
  })

  it("is what comes out of the one schema and goes into the other, where they transform", () => {
    const toDate = v.pipe(
      v.string(),
      v.transform((value) => new Date(value)),
    )
    const fromDate = v.pipe(
      v.date(),
      v.transform((date) => date.getTime()),
    )
    expectTypeOf(json(toDate, fromDate)).toEqualTypeOf<Codec<Date, Date>>()
  })

  it("fits a flow from the one to the other", () => {
    webSocket.accept(json(InEvent, OutEvent), () => Flow.of<{ foo: string }>().map(({ foo }) => ({ bar: foo.length })))
    // @ts-expect-error
    webSocket.accept(json(InEvent, OutEvent), () => Flow.of<{ foo: string }>().map(({ foo }) => ({ bar: foo })))
    // @ts-expect-error
    webSocket.accept(json(InEvent, OutEvent), () => Flow.of<{ bar: number }>())
  })

  it("checks what comes in alone where there is one", () => {
    expectTypeOf(json(InEvent)).toEqualTypeOf<Codec<{ foo: string }, JsonValue>>()
  })

  it("takes options after them, or alone", () => {
    expectTypeOf(json({ maxDepth: 3 })).toEqualTypeOf<Codec<JsonValue, JsonValue>>()
    expectTypeOf(json(InEvent, { maxDepth: 3 })).toEqualTypeOf<Codec<{ foo: string }, JsonValue>>()
    expectTypeOf(json(InEvent, OutEvent, { maxDepth: 3 })).toEqualTypeOf<Codec<{ foo: string }, { bar: number }>>()
    // @ts-expect-error
    json({ maxDepht: 3 })
  })

  it("are not claimed without a schema", () => {
    // @ts-expect-error
    json<{ foo: string }, { bar: number }>()
  })
})

describe("a codec", () => {
  it("maps what comes in and what goes out", () => {
    expectTypeOf(text.map(Number)).toEqualTypeOf<Codec<number, string>>()
    expectTypeOf(text.contramap(String)).toExtend<Codec<string, number>>()
    expectTypeOf(new Codec(Number, (n: bigint) => `${n}`)).toEqualTypeOf<Codec<number, bigint>>()
  })
})
