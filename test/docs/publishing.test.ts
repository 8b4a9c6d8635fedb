import { Hono } from "hono"
import { type ObjectNamespace, remoteActor } from "sluice/durable"
import { beforeEach, expect, it, vi } from "vitest"
import type { Lobby } from "./lobby.ts"

vi.mock("cloudflare:workers", async (original) => ({ ...(await original<object>()), waitUntil() {} }))

const told: unknown[][] = []
beforeEach(() => void told.splice(0))

// #region publish
interface Env {
  LOBBY: DurableObjectNamespace<Lobby>
}

const app = new Hono<{ Bindings: Env }>()

app.post("/lobbies/:lobby/lines", async (c) => {
  await c.env.LOBBY.getByName(c.req.param("lobby")).announce(await c.req.text())
  return c.body(null, 204)
})

export const worker = {
  fetch: app.fetch,

  /** Cron: `[triggers] crons = ["0 12 * * *"]` */
  async scheduled(_, env) {
    await env.LOBBY.getByName("main").announce("It is noon")
  },

  /** A consumer: `[[queues.consumers]] queue = "lines"` */
  async queue({ messages }, env) {
    for (const message of messages) {
      await env.LOBBY.getByName(message.body.lobby).announce(message.body.line)
      message.ack()
    }
  },
} satisfies ExportedHandler<Env, { lobby: string; line: string }>
// #endregion

/** A value of a type of the runtime's, of which only these members are used. */
const stand = <T>(members: object): T => Object.assign(members)

const env: Env = {
  LOBBY: stand({
    getByName: (lobby: string) => ({ announce: async (line: string) => void told.push([lobby, line]) }),
  }),
}

it("a request, a cron trigger and a queue publish into a lobby (fault 35)", async () => {
  const response = await app.request("/lobbies/blue/lines", { method: "POST", body: "hello" }, env)
  expect(response.status).toBe(204)
  await worker.scheduled(stand({}), env)
  const ack = vi.fn()
  await worker.queue(stand({ messages: [{ body: { lobby: "red", line: "queued" }, ack }] }), env)
  expect(told).toEqual([
    ["blue", "hello"],
    ["main", "It is noon"],
    ["red", "queued"],
  ])
  expect(ack).toHaveBeenCalledOnce()
})

// #region actor
const restock = (env: { SHOP: ObjectNamespace }, item: string) =>
  remoteActor<{ type: "restock"; item: string }>(env.SHOP, "main", "shelves").tell({ type: "restock", item })
// #endregion

it("a Worker tells an actor of an object (fault 35)", async () => {
  const sluiceTell = async (...message: unknown[]) => void told.push(message)
  restock({ SHOP: { getByName: () => ({ sluiceTell }) } }, "tea")
  await vi.waitFor(() => expect(told).toEqual([["shelves", { type: "restock", item: "tea" }]]))
})
