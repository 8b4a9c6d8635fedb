import { Hono } from "hono"
import { webSocket } from "sluice"

/** Limits for show, in an object for each connection. */
export const limits = new Hono<{ Bindings: { LIMITED: DurableObjectNamespace } }>().get("/limits", (c) =>
  webSocket.forward(c, c.env.LIMITED.get(c.env.LIMITED.newUniqueId())),
)
