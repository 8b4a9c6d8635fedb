import { Hono } from "hono"
import { type RequestIdVariables, requestId } from "hono/request-id"
import { Flow, webSocket } from "sluice"
import { protocols } from "./protocols.ts"

/** Sets a header and a cookie on the 101; the id is that of Hono's `requestId` middleware. */
export const handshake = new Hono<{ Variables: RequestIdVariables }>().use("/handshake", requestId())
protocols.handshake.on(handshake, (c) =>
  webSocket.upgrade(c, protocols.handshake, Flow.of<string>(), {
    headers: { "X-WebSocket-Trace": c.get("requestId") },
    cookies: { "ws-demo": { value: "connected", httpOnly: true } },
  }),
)
