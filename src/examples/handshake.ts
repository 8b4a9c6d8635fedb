import { Flow, text, webSocket } from "sluice"

/** A header and a cookie on the 101; the id is the one that Hono's `requestId` middleware gave the request. */
export const handshake = webSocket.acceptWithOptions(text, (c) => ({
  flow: Flow.of<string>(),
  headers: { "X-WebSocket-Trace": c.get("requestId") },
  cookies: { "ws-demo": { value: "connected", httpOnly: true } },
}))
