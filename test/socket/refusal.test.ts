import { type Context, Hono } from "hono"
import { describe, expect, it } from "vitest"
import { text } from "../../src/socket/codec.ts"
import { webSocket } from "../../src/socket/web-socket.ts"
import { Flow } from "../../src/stream/flow.ts"

let calls = 0
const worker = webSocket.accept(text, () => {
  calls++
  return Flow.of<string>()
})
const stub = {
  async fetch() {
    calls++
    return new Response("Full", { status: 503 })
  },
}
const object = (c: Context) => webSocket.forward(c, stub)
const ordinary = (c: Context) => webSocket.upgrade(c, text, Flow.of<string>())

describe.each([
  ["a plain Worker", worker],
  ["an ordinary handler", ordinary],
  ["an object", object],
])("a request that cannot become a WebSocket of %s", (_, handler) => {
  const app = new Hono()
  app.use(async (c, next) => {
    c.header("X-Before", "c.header")
    await next()
    c.header("X-After", "c.header")
  })
  app.all("/", handler)

  async function ask(init: RequestInit) {
    calls = 0
    const response = await app.request("/", init)
    expect(calls).toBe(0)
    return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() }
  }

  const set = { "x-before": "c.header", "x-after": "c.header" }

  it("gets 426 without an upgrade, with the headers that were set (fault 21)", async () => {
    const answer = {
      status: 426,
      headers: { ...set, upgrade: "websocket", "content-type": expect.stringMatching(/^text\/plain/) },
      body: "This address speaks WebSocket: ask for an upgrade.\n",
    }
    expect(await ask({})).toEqual(answer)
    expect(await ask({ headers: { Upgrade: "h2c" } })).toEqual(answer)
  })

  it("gets the same for a HEAD, without the body (fault 21)", async () => {
    expect(await ask({ method: "HEAD" })).toMatchObject({ status: 426, headers: set, body: "" })
  })

  it("gets 405 for a HEAD that asks for an upgrade", async () => {
    const answer = await ask({ method: "HEAD", headers: { Upgrade: "websocket" } })
    expect(answer).toMatchObject({ status: 405, headers: { ...set, allow: "GET" }, body: "" })
  })

  it.each(["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])(
    "gets 405 for a %s, with the headers (fault 21)",
    async (method) => {
      const answer = {
        status: 405,
        headers: { ...set, allow: "GET" },
        body: "This address speaks WebSocket: ask for it with GET.\n",
      }
      expect(await ask({ method })).toMatchObject(answer)
      expect(await ask({ method, headers: { Upgrade: "websocket" } })).toMatchObject(answer)
    },
  )
})
