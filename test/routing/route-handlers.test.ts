import fc from "fast-check"
import { type Context, type Env, Hono, type Schema } from "hono"
import { describe, expect, it } from "vitest"
import { route } from "../../src/routing/route.ts"

const at = (url: string) => ({ req: { url } })
const here = at("https://example.com/page?x=1#top")

describe("url in a handler, where its app is mounted (fault 30)", () => {
  /** The URL that a handler of the app answers with at this address. */
  const ask = async (app: Pick<Hono, "request">, address: string) =>
    (await app.request(`https://example.com${address}`)).text()
  /** A route and, beside it, a page that answers with its URL. */
  function withPage<A extends Hono<Env, Schema, string>>(app: A, page = "/page") {
    const item = route("/items/:id")
    item.on(app, (c) => c.text(item.url(c, { id: "own" })))
    app.get(page, (c) => c.text(item.url(c, { id: 7 })))
    return { app, item }
  }
  /** The route answers at the returned URL. */
  async function expectAnswer(app: Hono, url: string) {
    expect((await app.request(url.replace("wss:", "https:"))).status).toBe(200)
  }

  it("is at the root for an app that is not mounted", async () => {
    const { app } = withPage(new Hono())
    expect(await ask(app, "/page")).toBe("wss://example.com/items/7")
  })

  it("includes basePath", async () => {
    const { app } = withPage(new Hono().basePath("/api/v1"))
    expect(await ask(app, "/api/v1/page")).toBe("wss://example.com/api/v1/items/7")
    expect(await ask(app, "/api/v1/items/1")).toBe("wss://example.com/api/v1/items/own")
  })

  it("includes app.route", async () => {
    const root = new Hono().route("/public", withPage(new Hono()).app)
    expect(await ask(root, "/public/page")).toBe("wss://example.com/public/items/7")
    expect(await ask(root, "/public/items/1")).toBe("wss://example.com/public/items/own")
    await expectAnswer(root, await ask(root, "/public/page"))
  })

  it.each(["/", "/page", "/a/b", "*"])("includes both, nested, for a page at %s", async (page) => {
    const inner = withPage(new Hono().basePath("/inner"), page).app
    const middle = new Hono().basePath("/middle").route("/public", inner)
    const root = new Hono().basePath("/api/v1").route("/sub", middle)
    const mount = "/api/v1/sub/middle/public/inner"
    const address = page === "*" ? `${mount}/anything` : page === "/" ? mount : mount + page
    expect(await ask(root, address)).toBe(`wss://example.com${mount}/items/7`)
    await expectAnswer(root, await ask(root, address))
  })

  it("includes the right one of several mounts", async () => {
    const { app } = withPage(new Hono())
    const root = new Hono().route("/v1", app).route("/v2", app)
    expect(await ask(root, "/v1/page")).toBe("wss://example.com/v1/items/7")
    expect(await ask(root, "/v2/page")).toBe("wss://example.com/v2/items/7")
  })

  it("includes a mount whose app has an error handler of its own", async () => {
    const { app } = withPage(new Hono().onError((_, c) => c.text("sorry", 500)))
    const middle = new Hono().onError((_, c) => c.text("very sorry", 500)).route("/b", app)
    expect(await ask(new Hono().route("/a", middle), "/a/b/page")).toBe("wss://example.com/a/b/items/7")
  })

  it("fills in the params of the mount from the request", async () => {
    const root = new Hono().route("/tenants/:tenant", withPage(new Hono()).app)
    expect(await ask(root, "/tenants/a%20b/page")).toBe("wss://example.com/tenants/a%20b/items/7")
  })

  it("is that of a route of the root, in a handler of an app that is mounted there", async () => {
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

  it("needs under in a handler that its app does not have", async () => {
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

  it("is that of the handler's app for a route that is on no app", async () => {
    const item = route("/items/:id")
    const app = new Hono().basePath("/api")
    app.get(item.path, (c) => c.text("ok"))
    app.get("/page", (c) => c.text(item.url(c, { id: 7 })))
    const root = new Hono().route("/sub", app)
    await expectAnswer(root, await ask(root, "/sub/api/page"))
  })

  it("is available in middleware, and in a handler for no route", async () => {
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

  it("is the basePath of its app outside a request", () => {
    const { item } = withPage(new Hono().basePath("/api/v1"))
    expect(item.url("https://example.com", { id: 7 })).toBe("wss://example.com/api/v1/items/7")
  })

  it("has no basePath outside a request if several apps have one", () => {
    const item = route("/items/:id")
    for (const base of ["/v1", "/v2"]) item.on(new Hono().basePath(base), (c) => c.text("ok"))
    expect(item.url("https://example.com", { id: 7 })).toBe("wss://example.com/items/7")
  })

  it("keeps a bounded number of apps", async () => {
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

  it("answers at every url of the route with the values of its params", async () => {
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
