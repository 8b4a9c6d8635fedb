import fc from "fast-check"
import { type Context, type Env, Hono, type Schema } from "hono"
import { mergePath } from "hono/utils/url"
import { text } from "sluice"
import { asyncApiDocument } from "sluice/asyncapi"
import { protocol } from "sluice/protocol"
import { route } from "sluice/routing"
import { describe, expect, it } from "vitest"
import { merged } from "../../src/routing/address.ts"

type App = Hono<Env, Schema, string>
/** A route or a protocol. */
interface Item {
  on(app: App, handler: (c: Context) => Response): void
  under(prefix: string): { url(base: string, values: never): string }
  url(base: Context | string, values: never): string
}

/** A path or prefix with any number of slashes around its segments, of which a param is the last at most. */
const part = fc
  .tuple(
    fc.array(fc.constantFrom("/", "/", "a", "$&"), { maxLength: 4 }),
    fc.constantFrom("", "", "/:p", "/:p/", "/:p//"),
  )
  .map(([tokens, last]) => tokens.join("") + last)
const kinds: [string, (path: string) => Item][] = [
  ["route", (path) => route(path)],
  ["protocol", (path) => protocol(path, { receives: text, sends: text })],
]

const values = { p0: "v", p1: "v", p2: "v", p3: "v" } as never
/** A name of its own for the param of each part. */
const numbered = (path: string, number: number) => path.replace(":p", `:p${number}`)
const filled = (path = "") => path.replace(/:p\d/g, "v")
/** The path of a URL, without the values that are no params of it. */
const pathOf = (url: string) => url.replace("wss://example.com", "").replace(/\?.*/, "")
const request = (app: App, path: string) => app.request(`https://example.com${path}`)

describe("a path behind prefixes, with slashes anywhere", () => {
  it("is joined as Hono joins it", () => {
    const property = fc.property(part, part, (prefix, path) => {
      expect(merged(prefix, path)).toBe(mergePath(mergePath("/", prefix), path))
    })
    fc.assert(property)
  })

  it.each(kinds)("is the one that Hono routes, in the handlers of its app: %s", async (_, make) => {
    let routed = 0
    const places = [part, fc.option(part), fc.array(part, { maxLength: 2 }), part] as const
    const property = fc.asyncProperty(...places, async (path, base, mounts, page) => {
      const item = make(numbered(path, 0))
      const inner: App = base === null ? new Hono() : new Hono().basePath(numbered(base, 1))
      const answer = (c: Context) => c.text(item.url(c, values))
      item.on(inner, answer)
      expect(pathOf(item.url("https://example.com", values))).toBe(filled(inner.routes.at(-1)?.path))
      inner.get(`/page${page.replace(":p", "v")}`, answer)
      const mount = (app: App, prefix: string, at: number) => new Hono().route(numbered(prefix, at + 2), app)
      const [own, beside] = mounts.reduce(mount, inner).routes.map((listed) => filled(listed.path))
      for (const asked of [own, beside]) {
        const response = await request(mounts.reduce(mount, inner), asked ?? "")
        // Hono finds no route with a param and doubled slashes.
        if (response.status === 404) continue
        routed++
        expect(pathOf(await response.text())).toBe(own)
      }
    })
    await fc.assert(property, { numRuns: 500 })
    expect(routed).toBeGreaterThan(500)
  })

  it.each(kinds)("is the one that Hono routes, under the mount of its app: %s", (_, make) => {
    const property = fc.property(part, part, (path, mount) => {
      const app: App = new Hono()
      const item = make(numbered(path, 0))
      item.on(app, (c) => c.text(""))
      const [listed] = new Hono().route(numbered(mount, 1), app).routes
      expect(pathOf(item.under(numbered(mount, 1)).url("https://example.com", values))).toBe(filled(listed?.path))
    })
    fc.assert(property)
  })

  it("is the address in the AsyncAPI document", () => {
    const property = fc.property(part, fc.option(part), (path, base) => {
      const item = protocol(path, { receives: text, sends: text })
      const app: App = base === null ? new Hono() : new Hono().basePath(numbered(base, 1))
      item.on(app, (c) => c.text(""))
      const { channels } = asyncApiDocument({ title: "Paths", version: "1" }, [item])
      const address = app.routes.at(-1)?.path.replace(/:(p\d?)/g, "{$1}")
      expect(Object.values(channels).map((channel) => channel.address)).toEqual([address])
      expect(item.address).toBe(app.routes.at(-1)?.path)
    })
    fc.assert(property)
  })
})
