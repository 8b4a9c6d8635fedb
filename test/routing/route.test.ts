import fc from "fast-check"
import { type Context, type Env, Hono, type Schema } from "hono"
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
    const needed = new TypeError('/items/:id needs a value for "id", not ""')
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

describe("url of a page, a URL or an address (fault 30)", () => {
  const item = route("/items/:id")

  it.each([
    ["a location", { href: "https://example.com/some/page?x=1#top" }],
    ["a URL", new URL("https://example.com/some/page")],
    ["an address", "https://example.com"],
    ["an address of a WebSocket", "wss://example.com/other"],
  ])("goes by its host and its scheme: %s", (_, base) => {
    expect(item.url(base, { id: 7 })).toBe("wss://example.com/items/7")
  })

  it("is insecure where that is", () => {
    expect(item.url("http://localhost:8787", { id: 7 })).toBe("ws://localhost:8787/items/7")
    expect(item.url("ws://localhost:8787", { id: 7 })).toBe("ws://localhost:8787/items/7")
  })

  it.each(["/page", "", "about:blank", "file:///page.html", "data:text/html,hi"])(
    "needs one that has WebSockets: '%s'",
    (base) => {
      expect(() => item.url(base, { id: 7 })).toThrow(TypeError)
      expect(() => item.url({ href: base }, { id: 7 })).toThrow(`"${base}"`)
    },
  )
})

describe("url of a route under a prefix (fault 30)", () => {
  const item = route("/items/:id").withQuery<{ lang?: string }>().under("/api/v1")

  it("has it before the path, whatever it is made from", () => {
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

  it("can be had several times of one route", () => {
    const plain = route("/items/:id")
    const urls = ["/v1", "/v2"].map((prefix) => plain.under(prefix).url(here, { id: 7 } as never))
    expect(urls).toEqual(["wss://example.com/v1/items/7", "wss://example.com/v2/items/7"])
    expect(plain.url(here, { id: 7 })).toBe("wss://example.com/items/7")
  })

  it("leaves the path that an app is given as it is", async () => {
    const app = new Hono()
    item.on(app, (c) => c.text(c.req.param("id")))
    const root = new Hono().route("/api/v1", app)
    expect(await (await root.request(item.url(here, { id: 7 }).replace("wss:", "https:"))).text()).toBe("7")
  })
})

describe("url in a handler, where its app is mounted (fault 30)", () => {
  /** What a handler of the app answers at this address: the URL that it asked for. */
  const ask = async (app: Pick<Hono, "request">, address: string) =>
    (await app.request(`https://example.com${address}`)).text()
  /** A route and, beside it, a page that asks for its URL. */
  function withPage<A extends Hono<Env, Schema, string>>(app: A, page = "/page") {
    const item = route("/items/:id")
    item.on(app, (c) => c.text(item.url(c, { id: "own" })))
    app.get(page, (c) => c.text(item.url(c, { id: 7 })))
    return { app, item }
  }
  /** The route answers at the URL that was told. */
  async function expectAnswer(app: Hono, url: string) {
    expect((await app.request(url.replace("wss:", "https:"))).status).toBe(200)
  }

  it("is the root where it is not", async () => {
    const { app } = withPage(new Hono())
    expect(await ask(app, "/page")).toBe("wss://example.com/items/7")
  })

  it("knows basePath", async () => {
    const { app } = withPage(new Hono().basePath("/api/v1"))
    expect(await ask(app, "/api/v1/page")).toBe("wss://example.com/api/v1/items/7")
    expect(await ask(app, "/api/v1/items/1")).toBe("wss://example.com/api/v1/items/own")
  })

  it("knows app.route", async () => {
    const root = new Hono().route("/public", withPage(new Hono()).app)
    expect(await ask(root, "/public/page")).toBe("wss://example.com/public/items/7")
    expect(await ask(root, "/public/items/1")).toBe("wss://example.com/public/items/own")
    await expectAnswer(root, await ask(root, "/public/page"))
  })

  it.each(["/", "/page", "/a/b", "*"])("knows both, nested, for a page at %s", async (page) => {
    const inner = withPage(new Hono().basePath("/inner"), page).app
    const middle = new Hono().basePath("/middle").route("/public", inner)
    const root = new Hono().basePath("/api/v1").route("/sub", middle)
    const mount = "/api/v1/sub/middle/public/inner"
    const address = page === "*" ? `${mount}/anything` : page === "/" ? mount : mount + page
    expect(await ask(root, address)).toBe(`wss://example.com${mount}/items/7`)
    await expectAnswer(root, await ask(root, address))
  })

  it("knows each of several mounts", async () => {
    const { app } = withPage(new Hono())
    const root = new Hono().route("/v1", app).route("/v2", app)
    expect(await ask(root, "/v1/page")).toBe("wss://example.com/v1/items/7")
    expect(await ask(root, "/v2/page")).toBe("wss://example.com/v2/items/7")
  })

  it("knows a mount whose app has an error handler of its own", async () => {
    const { app } = withPage(new Hono().onError((_, c) => c.text("sorry", 500)))
    const middle = new Hono().onError((_, c) => c.text("very sorry", 500)).route("/b", app)
    expect(await ask(new Hono().route("/a", middle), "/a/b/page")).toBe("wss://example.com/a/b/items/7")
  })

  it("fills in the params of the mount from the request", async () => {
    const root = new Hono().route("/tenants/:tenant", withPage(new Hono()).app)
    expect(await ask(root, "/tenants/a%20b/page")).toBe("wss://example.com/tenants/a%20b/items/7")
  })

  it("is that of a route of the root, asked for in an app that is mounted there", async () => {
    const item = route("/items/:id")
    const sub = new Hono().get("/page", (c) => c.text(item.url(c, { id: 7 })))
    const root = new Hono()
    item.on(root, (c) => c.text("ok"))
    root.route("/admin", sub)
    expect(await ask(root, "/admin/page")).toBe("wss://example.com/items/7")
  })

  it("is that of the innermost app that has both", async () => {
    const item = route("/items/:id")
    const [root, sub] = [new Hono(), new Hono()]
    for (const app of [root, sub]) item.on(app, (c) => c.text("ok"))
    sub.get("/page", (c) => c.text(item.url(c, { id: 7 })))
    root.route("/sub", sub)
    expect(await ask(root, "/sub/page")).toBe("wss://example.com/sub/items/7")
  })

  it("is asked for with under where the app does not have the handler", async () => {
    const { app, item } = withPage(new Hono())
    let asked: (c: Context) => string = (c) => item.url(c, { id: 7 })
    const root = new Hono().get("/", (c) => c.text(asked(c))).route("/public", app)
    root.onError((error, c) => c.text(error.message, 500))
    expect(await ask(root, "/")).toMatch(
      /^The app of the route \/items\/:id does not have the handler .* with under\(prefix\)$/,
    )
    asked = (c) => item.under("/public").url(c, { id: 7 })
    expect(await ask(root, "/")).toBe("wss://example.com/public/items/7")
  })

  it("is that of the handler's app for a route that was put on none", async () => {
    const item = route("/items/:id")
    const app = new Hono().basePath("/api")
    app.get(item.path, (c) => c.text("ok"))
    app.get("/page", (c) => c.text(item.url(c, { id: 7 })))
    const root = new Hono().route("/sub", app)
    await expectAnswer(root, await ask(root, "/sub/api/page"))
  })

  it("is told to middleware, and to what answers for no route", async () => {
    const { app, item } = withPage(new Hono())
    app.use("/guarded/*", async (c) => c.text(item.url(c, { id: 7 })))
    const root = new Hono().notFound((c) => c.text(item.url(c, { id: 7 }))).route("/sub", app)
    expect(await ask(root, "/sub/guarded/x")).toBe("wss://example.com/sub/items/7")
    expect(await ask(root, "/nowhere")).toBe("wss://example.com/items/7")
  })

  it("stays the same when the query is typed later", async () => {
    const item = route("/items/:id")
    const app = new Hono().basePath("/api")
    item.on(app, (c) => c.text("ok"))
    const typed = item.withQuery<{ lang: string }>()
    app.get("/page", (c) => c.text(typed.url(c, { id: 7, lang: "en" })))
    expect(await ask(app, "/api/page")).toBe("wss://example.com/api/items/7?lang=en")
  })

  it("is the basePath of its app where nothing asks but a program", () => {
    const { item } = withPage(new Hono().basePath("/api/v1"))
    expect(item.url("https://example.com", { id: 7 })).toBe("wss://example.com/api/v1/items/7")
  })

  it("is no basePath where several apps have one, and nothing asks but a program", () => {
    const item = route("/items/:id")
    for (const base of ["/v1", "/v2"]) item.on(new Hono().basePath(base), (c) => c.text("ok"))
    expect(item.url("https://example.com", { id: 7 })).toBe("wss://example.com/items/7")
  })

  it("keeps no more than some apps, however many are made", async () => {
    const item = route("/items/:id")
    const apps = Array.from({ length: 100 }, () => new Hono())
    for (const app of apps) item.on(app, (c) => c.text(item.url(c, { id: 7 })))
    expect(await ask(apps.at(-1) ?? new Hono(), "/items/1")).toBe("wss://example.com/items/7")
    expect(await ask(apps[0] ?? new Hono(), "/items/1")).toBe("Internal Server Error")
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
