import { Hono } from "hono"
import { Flow, text, webSocket } from "sluice"

/** Each message back. */
export const echo = new Hono().get(
  "/echo",
  webSocket.accept(text, () => Flow.of<string>()),
)
