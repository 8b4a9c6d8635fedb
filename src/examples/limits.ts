import { Hono } from "hono"
import { webSocket } from "sluice"
import { protocols } from "./protocols.ts"

/** Limits for show, in an object for each connection. */
export const limits = new Hono<{ Bindings: { LIMITED: DurableObjectNamespace } }>()
protocols.limits.on(limits, (c) => webSocket.forward(c, c.env.LIMITED.get(c.env.LIMITED.newUniqueId())))
