import { Hono } from "hono"
import { Flow, text, webSocket } from "sluice"

const items = new Set(["1", "2", "3"])

/** Rejects the request before the upgrade if there is no such item. */
export const item = new Hono().get("/items/:id", (c) => {
  const id = c.req.param("id")
  if (!items.has(id)) return c.text("There is no such item", 404)
  const flow = Flow.of<string>().map((message) => `item ${id}: ${message}`)
  return webSocket.upgrade(c, text, flow)
})
