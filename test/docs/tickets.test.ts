import { Hono } from "hono"
import { sign, verify } from "hono/jwt"
import { webSocket } from "sluice"
import type { FlowObject } from "sluice/durable"
import { afterEach, expect, it, vi } from "vitest"
import { infoOf } from "../../src/socket/connection-info.ts"

afterEach(() => void vi.useRealTimers())

const userOf = async (token: string | undefined) => (token === "secret of Ann" ? "Ann" : undefined)

// #region tickets
interface Env {
  Bindings: { ROOM: DurableObjectNamespace<FlowObject<unknown, { user: string }>>; TICKET_SECRET: string }
  Variables: { user: string }
}

const app = new Hono<Env>()

/** The page requests a ticket with its session, and opens the WebSocket with it within half a minute. */
app.post("/tickets", async (c) => {
  const user = await userOf(c.req.header("Authorization"))
  if (!user) return c.text("Unauthorized", 401)
  const exp = Math.floor(Date.now() / 1000) + 30
  return c.text(await sign({ sub: user, exp }, c.env.TICKET_SECRET))
})

app.use("/rooms/*", async (c, next) => {
  try {
    const { sub } = await verify(c.req.query("ticket") ?? "", c.env.TICKET_SECRET, "HS256")
    c.set("user", String(sub))
  } catch {
    return c.text("Unauthorized", 401)
  }
  return next()
})

app.get("/rooms/:room", (c) =>
  webSocket.forward(c, c.env.ROOM.getByName(c.req.param("room")), { data: { user: c.get("user") } }),
)
// #endregion

it("a ticket opens a WebSocket for its user, for half a minute", async () => {
  const users: unknown[] = []
  const stub = {
    fetch: async (request: Request) => {
      users.push(infoOf(request)?.data)
      return new Response("let in", { status: 403 })
    },
  }
  const env = { ROOM: { getByName: () => stub }, TICKET_SECRET: "a secret" }
  const post = (token: string) => app.request("/tickets", { method: "POST", headers: { Authorization: token } }, env)
  const open = async (ticket: string) =>
    (await app.request(`/rooms/1?ticket=${ticket}`, { headers: { Upgrade: "websocket" } }, env)).status
  expect((await post("secret of Eve")).status).toBe(401)
  const ticket = await (await post("secret of Ann")).text()
  expect(await open(ticket)).toBe(403)
  expect(users).toEqual([{ user: "Ann" }])
  expect(await open("")).toBe(401)
  expect(await open(await sign({ sub: "Ann" }, "another secret"))).toBe(401)
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 31_000 })
  expect(await open(ticket)).toBe(401)
})
