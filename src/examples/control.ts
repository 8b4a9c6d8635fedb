import type { Context } from "hono"
import { webSocket } from "sluice"
import { isName, names } from "./name.ts"

/** Clients of one id hear how the others leave. */
export const control = webSocket.acceptIn(
  (c: Context<{ Bindings: { CONTROL: DurableObjectNamespace } }, "/control/:id">) =>
    isName(c.req.param("id")) ? c.env.CONTROL.getByName(c.req.param("id")) : c.text(names, 400),
)
