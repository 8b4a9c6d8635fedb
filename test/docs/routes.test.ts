import { Hono } from "hono"
import { Flow, text, webSocket } from "sluice"
import { route } from "sluice/routing"
import { expect, it } from "vitest"

it("a route is mounted, and its URL has the mount", async () => {
  const app = new Hono()
  // #region routes
  const item = route("/items/:id").withQuery<{ lang?: string }>()

  item.on(
    app,
    webSocket.accept(text, (c) => Flow.of<string>().map((message) => `${c.req.param("id")}: ${message}`)),
  )

  app.get("/", (c) => c.html(`<meta name="webSocketUrl" content="${item.url(c, { id: "a b", lang: "en" })}">`))
  // #endregion
  const page = await app.request("https://example.com/")
  expect(await page.text()).toContain('content="wss://example.com/items/a%20b?lang=en"')
  expect((await app.request("https://example.com/items/1")).status).toBe(426)
})
