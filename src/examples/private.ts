import { Hono } from "hono"
import { getCookie } from "hono/cookie"
import { Flow, text, webSocket } from "sluice"

/** Accepts a request with the cookie `user`, and rejects any other one before the upgrade. */
export const privateEcho = new Hono().get(
  "/private",
  webSocket.acceptOrResult(text, (c) => (getCookie(c, "user") ? Flow.of<string>() : c.text("Forbidden", 403))),
)
