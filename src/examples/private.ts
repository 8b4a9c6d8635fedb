import { Hono } from "hono"
import { getCookie } from "hono/cookie"
import { Flow, webSocket } from "sluice"
import { protocols } from "./protocols.ts"

/** Accepted with the cookie `user`, else rejected before the upgrade. */
export const privateEcho = new Hono()
protocols.private.on(
  privateEcho,
  webSocket.acceptOrResult(protocols.private, (c) =>
    getCookie(c, "user") ? Flow.of<string>() : c.text("Forbidden", 403),
  ),
)
