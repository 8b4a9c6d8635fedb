import { Hono } from "hono"
import { webSocket } from "sluice"
import { protocols } from "./protocols.ts"

/** A made-up model's answers, token by token. All clients share one object, so that a client can resume its session. */
export const tokens = new Hono<{ Bindings: { TOKENS: DurableObjectNamespace } }>()
protocols.tokens.on(tokens, (c) => webSocket.forward(c, c.env.TOKENS.getByName("all")))
