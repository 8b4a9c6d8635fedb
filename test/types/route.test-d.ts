import { Hono } from "hono"
import { type Params, route } from "sluice/routing"
import { describe, expectTypeOf, it } from "vitest"

declare const c: { req: { url: string } }

describe("the params of a path", () => {
  type Value = string | number | boolean

  it("are its names", () => {
    expectTypeOf<keyof Params<"/rooms/:room/seats/:seat">>().toEqualTypeOf<"room" | "seat">()
    expectTypeOf<Params<"/rooms/:room">["room"]>().toEqualTypeOf<Value>()
    expectTypeOf<keyof Params<"/">>().toEqualTypeOf<never>()
  })

  it("go without their patterns", () => {
    expectTypeOf<keyof Params<"/:id{[0-9]+}/on">>().toEqualTypeOf<"id">()
    expectTypeOf<keyof Params<"/:id{[0-9]{2}}">>().toEqualTypeOf<"id">()
  })

  it("may be optional", () => {
    expectTypeOf<Params<"/:id?">["id"]>().toEqualTypeOf<Value | undefined>()
    expectTypeOf<Params<"/:id{[0-9]+}?">["id"]>().toEqualTypeOf<Value | undefined>()
  })

  it("are segments: a colon elsewhere is no param", () => {
    expectTypeOf<keyof Params<"/a:b/:c">>().toEqualTypeOf<"c">()
  })
})

describe("url requires exactly its params", () => {
  it("none", () => {
    expectTypeOf(route("/echo").url(c)).toEqualTypeOf<string>()
    // @ts-expect-error
    route("/echo").url(c, { id: 1 })
    // @ts-expect-error
    route("/echo").url()
  })

  it("all of them", () => {
    const seat = route("/rooms/:room/seats/:seat")
    seat.url(c, { room: "blue", seat: 7 })
    // @ts-expect-error
    seat.url(c)
    // @ts-expect-error
    seat.url(c, { room: "blue" })
    // @ts-expect-error
    seat.url(c, { room: "blue", seat: undefined })
    // @ts-expect-error
    seat.url(c, { room: "blue", seat: 7, table: 1 })
    // @ts-expect-error
    seat.url(c, { room: "blue", seat: {} })
  })

  it("or not the optional ones", () => {
    const list = route("/list/:page?")
    list.url(c)
    list.url(c, {})
    list.url(c, { page: 2 })
    // @ts-expect-error
    list.url(c, { size: 2 })
  })
})

describe("url requires its query", () => {
  it("as it was typed", () => {
    const search = route("/search/:kind").withQuery<{ q: string; page?: number }>()
    search.url(c, { kind: "books", q: "sluice" })
    search.url(c, { kind: "books", q: "sluice", page: 2 })
    // @ts-expect-error
    search.url(c, { kind: "books" })
    // @ts-expect-error
    search.url(c, { q: "sluice" })
    // @ts-expect-error
    search.url(c, { kind: "books", q: "sluice", page: "2" })
    // @ts-expect-error
    search.url(c, { kind: "books", q: "sluice", size: 2 })
  })

  it("or nothing if all of it is optional", () => {
    const ticks = route("/ticks").withQuery<{ every?: number }>()
    ticks.url(c)
    ticks.url(c, { every: 100 })
    // @ts-expect-error
    ticks.url(c, { every: "100" })
  })
})

describe("url of a route under a prefix", () => {
  it("requires the params of both", () => {
    const seat = route("/seats/:seat").withQuery<{ lang?: string }>().under("/rooms/:room")
    seat.url(c, { room: "blue", seat: 7 })
    seat.url(c, { room: "blue", seat: 7, lang: "en" })
    // @ts-expect-error
    seat.url(c, { seat: 7 })
    // @ts-expect-error
    seat.url(c, { room: "blue" })
    route("/echo").under("/api/v1").url(c)
  })
})

describe("url is made from", () => {
  it("a context, a location, a URL or an address", () => {
    const echo = route("/echo")
    echo.url(new URL("https://example.com"))
    echo.url("https://example.com")
    echo.url({ href: "https://example.com" })
    echo.on(new Hono().basePath("/api"), (context) => context.text(echo.url(context)))
    // @ts-expect-error
    echo.url({ url: "https://example.com" })
    // @ts-expect-error
    echo.url(7)
  })
})
