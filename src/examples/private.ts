import { Hono } from "hono"
import { getCookie } from "hono/cookie"
import { Flow, text, webSocket } from "sluice"

/** EndpointOptions with the cookie `user`, else rejected before the upgrade. */
export const privateEcho = new Hono().get(
  "/private",
  webSocket.acceptOrResult(text, (c) => (getCookie(c, "user") ? Flow.of<string>() : c.text("Forbidden", 403))),
)
