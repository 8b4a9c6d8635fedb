import { Hono } from "hono"
import { Flow, text, webSocket } from "sluice"

/** Echoes each message. */
export const echo = new Hono().get(
  "/echo",
  webSocket.accept(text, () => Flow.of<string>()),
)
