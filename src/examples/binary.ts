import { Hono } from "hono"
import { binary, Flow, webSocket } from "sluice"

/** Echoes each binary message. A text message closes with 1003. */
export const binaryEcho = new Hono().get(
  "/binary",
  webSocket.accept(binary, () => Flow.of<Uint8Array>()),
)
