import { Hono } from "hono"
import { type RequestIdVariables, requestId } from "hono/request-id"
import { Flow, text, webSocket } from "sluice"

/** Sets a header and a cookie on the 101; the id is that of Hono's `requestId` middleware. */
export const handshake = new Hono<{ Variables: RequestIdVariables }>().get("/handshake", requestId(), (c) =>
  webSocket.upgrade(c, text, Flow.of<string>(), {
    headers: { "X-WebSocket-Trace": c.get("requestId") },
    cookies: { "ws-demo": { value: "connected", httpOnly: true } },
  }),
)
