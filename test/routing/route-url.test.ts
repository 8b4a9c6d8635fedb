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
  ])("has the host and the scheme of the request: %s", (request, url) => {
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
    ["half \ud83d", "half%20%EF%BF%BD"],
  ])("encodes the param %s", (id, encoded) => {
    expect(route("/items/:id").url(here, { id })).toBe(`wss://example.com/items/${encoded}`)
  })

  it("refuses a param that a URL would resolve as a step in its path", () => {
    for (const id of [".", ".."]) expect(() => route("/items/:id").url(here, { id })).toThrow(TypeError)
  })

  it("names the param that is missing or empty", () => {
    const needed = new TypeError('/items/:id needs a value for "id", not ""')
    expect(() => route("/items/:id").url(here, { id: "" })).toThrow(needed)
    // Values that the types refuse may still come from elsewhere.
    const values = JSON.parse("{}")
    expect(() => route("/items/:id").url(here, values)).toThrow(needed)
  })

  it.each(["constructor", "toString", "__proto__"])("names a missing param that each object inherits: %s", (name) => {
    expect(() => route(`/items/:${name}`).url(here, {} as never)).toThrow(`needs a value for "${name}", not ""`)
    const url = route(`/items/:${name}`).url(here, JSON.parse(`{"${name}": 7, "lang": "en"}`))
    expect(url).toBe("wss://example.com/items/7?lang=en")
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

  it("reads a pattern with a slash, like Hono", async () => {
    const file = route("/files/:path{[^/]+}/:version{[0-9]+}")
    expect(file.url(here, { path: "a", version: 1 })).toBe("wss://example.com/files/a/1")
    const app = new Hono()
    file.on(app, (c) => c.text(c.req.param("path")))
    expect(await (await app.request("/files/a/1")).text()).toBe("a")
  })

  it("takes names that are no identifiers, like Hono", () => {
    expect(route("/items/:item-id").url(here, { "item-id": "a" })).toBe("wss://example.com/items/a")
  })

  it("keeps a colon in the middle of a segment", () => {
    expect(route("/a:b/:c").url(here, { c: 1 })).toBe("wss://example.com/a:b/1")
  })
})

describe("url with a query", () => {
  const search = route("/search/:kind").withQuery<{ q: string; exact?: boolean; page?: number }>()

  it("appends it", () => {
    const url = search.url(here, { kind: "books", q: "sluice", exact: false, page: 0 })
    expect(url).toBe("wss://example.com/search/books?q=sluice&exact=false&page=0")
  })

  it("skips undefined values", () => {
    expect(search.url(here, { kind: "books", q: "", page: undefined })).toBe("wss://example.com/search/books?q=")
  })

  it("encodes names and values", () => {
    const odd = route("/").withQuery<{ "a&b": string }>()
    expect(odd.url(here, { "a&b": "1 + 1 = 2 & é" })).toBe("wss://example.com/?a%26b=1+%2B+1+%3D+2+%26+%C3%A9")
  })

  it("may be left out if all of it is optional", () => {
    expect(route("/ticks").withQuery<{ every?: number }>().url(here)).toBe("wss://example.com/ticks")
  })

  it("gives a value to the param of that name first", () => {
    const item = route("/items/:id").withQuery<{ id: number }>()
    expect(item.url(here, { id: 1 })).toBe("wss://example.com/items/1")
  })
})

describe("url of a page, a URL or an address (fault 30)", () => {
  const item = route("/items/:id")

  it.each([
    ["a location", { href: "https://example.com/some/page?x=1#top" }],
    ["a URL", new URL("https://example.com/some/page")],
    ["an address", "https://example.com"],
    ["an address of a WebSocket", "wss://example.com/other"],
  ])("has its host and its scheme: %s", (_, base) => {
    expect(item.url(base, { id: 7 })).toBe("wss://example.com/items/7")
  })

  it("is insecure for an insecure page", () => {
    expect(item.url("http://localhost:8787", { id: 7 })).toBe("ws://localhost:8787/items/7")
    expect(item.url("ws://localhost:8787", { id: 7 })).toBe("ws://localhost:8787/items/7")
  })

  it.each(["/page", "", "about:blank", "file:///page.html", "data:text/html,hi"])(
    "refuses a base without WebSockets: '%s'",
    (base) => {
      expect(() => item.url(base, { id: 7 })).toThrow(TypeError)
      expect(() => item.url({ href: base }, { id: 7 })).toThrow(`"${base}"`)
    },
  )
})

describe("url of a route under a prefix (fault 30)", () => {
  const item = route("/items/:id").withQuery<{ lang?: string }>().under("/api/v1")

  it("has it before the path, for a context, a location and a URL", () => {
    expect(item.url(here, { id: 7, lang: "en" })).toBe("wss://example.com/api/v1/items/7?lang=en")
    expect(item.url("http://localhost/", { id: 7 })).toBe("ws://localhost/api/v1/items/7")
  })

  it.each(["/api/v1/", "api/v1", "api/v1/"])("takes the prefix with and without slashes: %s", (prefix) => {
    expect(
      route("/items/:id")
        .under(prefix)
        .url(here, { id: 7 } as never),
    ).toBe("wss://example.com/api/v1/items/7")
  })

  it("is the prefix alone for the path /, as Hono joins them", () => {
    expect(route("/").under("/api").url(here)).toBe("wss://example.com/api")
    expect(route("/").under("/").url(here)).toBe("wss://example.com/")
    expect(route("echo").under("").url(here)).toBe("wss://example.com/echo")
    expect(route("echo").under("/api").url(here)).toBe("wss://example.com/api/echo")
  })

  it("needs the params of the prefix", () => {
    const seat = route("/seats/:seat").under("/rooms/:room")
    expect(seat.url(here, { room: "a b", seat: 7 })).toBe("wss://example.com/rooms/a%20b/seats/7")
    expect(() => seat.url(here, { seat: 7 } as never)).toThrow('needs a value for "room"')
  })

  it("can be made several times from one route", () => {
    const plain = route("/items/:id")
    const urls = ["/v1", "/v2"].map((prefix) => plain.under(prefix).url(here, { id: 7 } as never))
    expect(urls).toEqual(["wss://example.com/v1/items/7", "wss://example.com/v2/items/7"])
    expect(plain.url(here, { id: 7 })).toBe("wss://example.com/items/7")
  })

  it("leaves the path of the route in its app unchanged", async () => {
    const app = new Hono()
    item.on(app, (c) => c.text(c.req.param("id")))
    const root = new Hono().route("/api/v1", app)
    expect(await (await root.request(item.url(here, { id: 7 }).replace("wss:", "https:"))).text()).toBe("7")
  })
})
