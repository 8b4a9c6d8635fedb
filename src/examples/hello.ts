import { Hono } from "hono"
import { Flow, text, webSocket } from "sluice"

/** Answers each name with a greeting. */
export const hello = new Hono().get(
  "/hello",
  webSocket.accept(text, () => Flow.of<string>().map((name) => `Hello ${name}`)),
)
