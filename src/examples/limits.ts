import type { Context } from "hono"
import { webSocket } from "sluice"

/** Limits for show, in an object of the connection's own. */
export const limits = webSocket.acceptIn((c: Context<{ Bindings: { LIMITED: DurableObjectNamespace } }>) =>
  c.env.LIMITED.get(c.env.LIMITED.newUniqueId()),
)
