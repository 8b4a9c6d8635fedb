import type { Context, Env } from "hono"
import { Flow, text, webSocket } from "sluice"

const items = new Set(["1", "2", "3"])

/** Rejected before the upgrade when there is no such item. */
export const item = webSocket.acceptOrResult(text, (c: Context<Env, "/items/:id">) => {
  const id = c.req.param("id")
  if (!items.has(id)) return c.text("There is no such item", 404)
  return Flow.of<string>().map((message) => `item ${id}: ${message}`)
})
