import fc from "fast-check"
import { Hono } from "hono"
import { describe, expect, it } from "vitest"
import { route } from "../../src/routing/route.ts"

const at = (url: string) => ({ req: { url } })
const here = at("https://example.com/page?x=1#top")

describe("url", () => {
  it.each([
    ["https://example.com/", "wss://example.com/echo"],
    ["http://example.com/", "ws://example.com/echo"],
    ["http://localhost:8787/some/page?x=1#top", "ws://localhost:8787/echo"],
    ["https://[::1]:8443/", "wss://[::1]:8443/echo"],
  ])("goes by the host and the scheme of the request: %s", (request, url) => {
    expect(route("/echo").url(at(request))).toBe(url)
  })

  it("is that of the host for the path /", () => {
    expect(route("/").url(here)).toBe("wss://example.com/")
  })

  it("fills in params", () => {
    const seat = route("/rooms/:room/seats/:seat")
    expect(seat.url(here, { room: "blue", seat: 7 })).toBe("wss://example.com/rooms/blue/seats/7")
  })

  it.each([
    ["a b", "a%20b"],
    ["a/b", "a%2Fb"],
    ["50%", "50%25"],
    ["%2e", "%252e"],
    ["?#", "%3F%23"],
    ["é😀", "%C3%A9%F0%9F%98%80"],
    ["$&", "%24%26"],
    ["...", "..."],
  ])("encodes the param %s", (id, encoded) => {
    expect(route("/items/:id").url(here, { id })).toBe(`wss://example.com/items/${encoded}`)
  })

  it("refuses a param that a URL would take for a step in its path", () => {
    for (const id of [".", ".."]) expect(() => route("/items/:id").url(here, { id })).toThrow(TypeError)
  })

  it("names the param that is missing or empty", () => {
    const needed = new TypeError('The route /items/:id needs a value for "id"')
    expect(() => route("/items/:id").url(here, { id: "" })).toThrow(needed)
    // What the types refuse may still come from elsewhere.
    const values = JSON.parse("{}")
    expect(() => route("/items/:id").url(here, values)).toThrow(needed)
  })

  it("leaves out an optional param", () => {
    const list = route("/list/:page?")
    expect(list.url(here)).toBe("wss://example.com/list")
    expect(list.url(here, { page: undefined })).toBe("wss://example.com/list")
    expect(list.url(here, { page: 2 })).toBe("wss://example.com/list/2")
    expect(route("/:page?").url(here)).toBe("wss://example.com/")
  })

  it("reads a param without its pattern", () => {
    expect(route("/items/:id{[0-9]+}").url(here, { id: 12 })).toBe("wss://example.com/items/12")
    expect(route("/items/:id{[0-9]{2,3}}/on").url(here, { id: 12 })).toBe("wss://example.com/items/12/on")
    expect(route("/items/:id{[0-9]+}?").url(here)).toBe("wss://example.com/items")
  })

  it("takes names that are no identifiers, as Hono does", () => {
    expect(route("/items/:item-id").url(here, { "item-id": "a" })).toBe("wss://example.com/items/a")
  })

  it("takes a colon in the middle of a segment for what it is", () => {
    expect(route("/a:b/:c").url(here, { c: 1 })).toBe("wss://example.com/a:b/1")
  })
})

describe("url with a query", () => {
  const search = route("/search/:kind").withQuery<{ q: string; exact?: boolean; page?: number }>()

  it("appends it", () => {
    const url = search.url(here, { kind: "books", q: "sluice", exact: false, page: 0 })
    expect(url).toBe("wss://example.com/search/books?q=sluice&exact=false&page=0")
  })

  it("skips what is undefined", () => {
    expect(search.url(here, { kind: "books", q: "", page: undefined })).toBe("wss://example.com/search/books?q=")
  })

  it("encodes names and values", () => {
    const odd = route("/").withQuery<{ "a&b": string }>()
    expect(odd.url(here, { "a&b": "1 + 1 = 2 & é" })).toBe("wss://example.com/?a%26b=1+%2B+1+%3D+2+%26+%C3%A9")
  })

  it("may be left out where all of it is optional", () => {
    expect(route("/ticks").withQuery<{ every?: number }>().url(here)).toBe("wss://example.com/ticks")
  })

  it("gives a value to the param of that name first", () => {
    const item = route("/items/:id").withQuery<{ id: number }>()
    expect(item.url(here, { id: 1 })).toBe("wss://example.com/items/1")
  })
})

describe("on", () => {
  const search = route("/search/:kind").withQuery<{ q: string }>()

  it("gives the app a handler for the route", async () => {
    const app = new Hono()
    search.on(app, (c) => c.text(`${c.req.param("kind")}: ${c.req.query("q")}`))
    expect(await (await app.request("/search/books?q=sluice")).text()).toBe("books: sluice")
    expect((await app.request("/search")).status).toBe(404)
    expect((await app.request("/search/books", { method: "POST" })).status).toBe(404)
  })

  it("answers at every url of the route with what went into it", async () => {
    const app = new Hono()
    search.on(app, (c) => c.json({ kind: c.req.param("kind"), q: c.req.query("q") }))
    const words = fc.string({ unit: "grapheme", minLength: 1 }).filter((word) => word !== "." && word !== "..")
    await fc.assert(
      fc.asyncProperty(words, words, async (kind, q) => {
        const url = search.url(here, { kind, q }).replace("wss:", "https:")
        expect(await (await app.request(url)).json()).toEqual({ kind, q })
      }),
    )
  })

  it.each(["/items/:id{[0-9]+}", "/items/:id{[0-9]{2}}", "/items/:id?"] as const)("works with %s", async (path) => {
    const app = new Hono()
    const item = route(path)
    item.on(app, (c) => c.text(`item ${c.req.param("id")}`))
    const url = item.url(here, { id: 12 }).replace("wss:", "https:")
    expect(await (await app.request(url)).text()).toBe("item 12")
  })
})
