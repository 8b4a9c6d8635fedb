import { Hono } from "hono"
import { getCookie } from "hono/cookie"
import { Flow, text, webSocket } from "sluice"

/** Rejects a request without the cookie `user` before the upgrade. */
export const privateEcho = new Hono().get(
  "/private",
  webSocket.acceptOrResult(text, (c) => (getCookie(c, "user") ? Flow.of<string>() : c.text("Forbidden", 403))),
)
