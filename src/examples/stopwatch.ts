import type { Context } from "hono"
import { webSocket } from "sluice"
import { isName, names } from "./name.ts"

/** The stopwatch of that id, in its own Durable Object. */
export const stopwatch = webSocket.acceptIn(
  (c: Context<{ Bindings: { STOPWATCH: DurableObjectNamespace } }, "/stopwatch/:id">) =>
    isName(c.req.param("id")) ? c.env.STOPWATCH.getByName(c.req.param("id")) : c.text(names, 400),
)
