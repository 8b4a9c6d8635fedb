import { Hono } from "hono"
import { Flow, webSocket } from "sluice"
import { protocols } from "./protocols.ts"

const items = new Set(["1", "2", "3"])

/** Rejected before the upgrade when there is no such item. */
export const item = new Hono()
protocols.items.on(item, (c) => {
  const id = c.req.param("id")
  if (!items.has(id)) return c.text("There is no such item", 404)
  const flow = Flow.of<string>().map((message) => `item ${id}: ${message}`)
  return webSocket.upgrade(c, protocols.items, flow)
})
