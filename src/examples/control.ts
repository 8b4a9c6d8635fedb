import type { Context } from "hono"
import { webSocket } from "sluice"

/** Clients of one id hear how the others leave. */
export const control = webSocket.acceptIn(
  (c: Context<{ Bindings: { CONTROL: DurableObjectNamespace } }, "/control/:id">) =>
    c.env.CONTROL.getByName(c.req.param("id")),
)
