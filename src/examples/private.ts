import { getCookie } from "hono/cookie"
import { Flow, text, webSocket } from "sluice"

/** Accepted with the cookie `user`, else rejected before the upgrade. */
export const privateEcho = webSocket.acceptOrResult(text, (c) =>
  getCookie(c, "user") ? Flow.of<string>() : c.text("Forbidden", 403),
)
