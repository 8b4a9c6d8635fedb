import { type Context, Hono } from "hono"
import { binary, Flow, type JsonValue, json, Message, messages, Sink, Source, text, webSocket } from "sluice"
import { FlowObject, type Hub } from "sluice/durable"
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
  it("has the path's params and the app's bindings", () => {
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

  it("does not have other params", () => {
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
    seat.on(app, (c) => {
      expectTypeOf(c.env.ROOMS).toEqualTypeOf<string>()
      return webSocket.upgrade(c, text, echo, { subprotocol: c.req.param("room") })
    })
  })

  it("has the types of an annotation under app.get", () => {
    // #region annotated
    type Env = { Bindings: { TABLES: KVNamespace }; Variables: { user: string } }
    const app = new Hono<Env>()

    app.get(
      "/tables/:table",
      webSocket.accept(text, (c: Context<Env, "/tables/:table">) =>
        Flow.of<string>().map((message) => `${c.get("user")} at ${c.req.param("table")}: ${message}`),
      ),
    )
    // #endregion
    app.get(
      "/tables/:table",
      // @ts-expect-error
      webSocket.accept(text, (c) => Flow.of<string>().map(() => c.get("user"))),
    )
  })

  it("has an optional param as a string or undefined", () => {
    route("/list/:page?").on(
      app,
      webSocket.accept(text, (c) => {
        expectTypeOf(c.req.param("page")).toEqualTypeOf<string | undefined>()
        return echo
      }),
    )
  })
})

describe("an ordinary handler", () => {
  class Room extends FlowObject<unknown, { name: string }> {
    protected accept() {
      return webSocket.endpoint(text, echo)
    }
  }
  type Objects = {
    Bindings: { ROOM: DurableObjectNamespace<Room>; ANY: DurableObjectNamespace }
    Variables: { user: string }
  }
  const objects = new Hono<Objects>()

  it("has params, bindings and variables without annotations (fault 38)", () => {
    objects.get("/items/:id", (c) => {
      expectTypeOf(c.req.param("id")).toEqualTypeOf<string>()
      expectTypeOf(c.get("user")).toEqualTypeOf<string>()
      return webSocket.upgrade(c, text, echo)
    })
  })

  it("may reject", () => {
    objects.get("/private", (c) => (c.get("user") ? webSocket.upgrade(c, text, echo) : c.text("Forbidden", 403)))
    objects.get("/closed", async (c) =>
      c.get("user") ? webSocket.forward(c, c.env.ANY.getByName("a")) : c.text("Forbidden", 403),
    )
    // TypeScript 7 takes no union of a response and a promise here.
    // @ts-expect-error
    objects.get("/shut", (c) =>
      c.get("user") ? webSocket.forward(c, c.env.ANY.getByName("a")) : c.text("Forbidden", 403),
    )
  })

  it("passes the data that the object takes (fault 7)", () => {
    objects.get("/rooms/:room", (c) => webSocket.forward(c, c.env.ROOM.getByName("a"), { data: { name: "Ann" } }))
    // @ts-expect-error
    objects.get("/rooms/:room", (c) => webSocket.forward(c, c.env.ROOM.getByName("a"), { data: { name: 7 } }))
    // @ts-expect-error
    objects.get("/rooms/:room", (c) => webSocket.forward(c, c.env.ROOM.getByName("a"), { data: "Ann" }))
    // @ts-expect-error
    objects.get("/rooms/:room", (c) => webSocket.forward(c, c.env.ROOM.getByName("a")))
    objects.get("/any", (c) => webSocket.forward(c, c.env.ANY.getByName("a"), { data: 7, headers: ["X-Own"] }))
    objects.get("/any", (c) => webSocket.forward(c, c.env.ANY.getByName("a")))
  })

  it("passes JSON, and a schema restores a Date (fault 7)", () => {
    class Dated extends FlowObject<unknown, { since: Date }> {
      protected accept() {
        return webSocket.endpoint(text, echo)
      }
    }
    class Parsed extends FlowObject<unknown, { since: Date }, { since: string }> {
      protected override readonly dataSchema = v.object({
        since: v.pipe(
          v.string(),
          v.transform((text) => new Date(text)),
        ),
      })
      protected accept() {
        return webSocket.endpoint(text, echo)
      }
    }
    type Both = { Bindings: { DATED: DurableObjectNamespace<Dated>; PARSED: DurableObjectNamespace<Parsed> } }
    const both = new Hono<Both>()
    // @ts-expect-error
    both.get("/dated", (c) => webSocket.forward(c, c.env.DATED.getByName("a"), { data: { since: new Date() } }))
    both.get("/parsed", (c) => webSocket.forward(c, c.env.PARSED.getByName("a"), { data: { since: "2030-01-01" } }))
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

  it("do not compile if the flow takes others", () => {
    // @ts-expect-error
    webSocket.accept(text, () => Flow.of<number>())
    // @ts-expect-error
    webSocket.accept(text, () => Flow.of<number>().map(String))
    // @ts-expect-error
    webSocket.accept(binary, () => echo)
  })

  it("do not compile if the flow emits others", () => {
    // @ts-expect-error
    webSocket.accept(text, () => echo.map((message) => message.length))
    // @ts-expect-error
    webSocket.acceptOrResult(text, (c) => (c.req.query("x") ? echo.map(Number) : c.text("no", 403)))
    // @ts-expect-error
    app.get("/", (c) => webSocket.upgrade(c, text, echo.map(Number)))
    // @ts-expect-error
    webSocket.accept(messages, () => Flow.of<Message>().map(() => "text"))
  })

  it("do not compile if accept may reject", () => {
    // @ts-expect-error
    webSocket.accept(text, (c) => c.text("no", 403))
  })
})

describe("the partition of a hub", () => {
  it("gets elements of the hub", () => {
    class Jobs extends FlowObject {
      jobs = this.hub<{ to: number }>("jobs", { partition: (ids, { to }) => ids[to] })
      // @ts-expect-error
      others = this.hub<{ to: number }>("others", { partition: (_, { to }) => to })
      protected accept() {
        return webSocket.endpoint(text, Flow.of<string>())
      }
    }
    expectTypeOf<Jobs["jobs"]>().toEqualTypeOf<Hub<{ to: number }>>()
  })
})
