import type { Context } from "hono"
import { webSocket } from "sluice"

/** The stopwatch of that id, in its own Durable Object. */
export const stopwatch = webSocket.acceptIn(
  (c: Context<{ Bindings: { STOPWATCH: DurableObjectNamespace } }, "/stopwatch/:id">) =>
    c.env.STOPWATCH.getByName(c.req.param("id")),
)
