import { Hono } from "hono"
import { webSocket } from "sluice"

/** Demonstrates limits, in one object per connection. */
export const limits = new Hono<{ Bindings: { LIMITED: DurableObjectNamespace } }>().get("/limits", (c) =>
  webSocket.forward(c, c.env.LIMITED.get(c.env.LIMITED.newUniqueId())),
)
