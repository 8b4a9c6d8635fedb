import { Hono } from "hono"
import { Flow, type JsonValue, json, webSocket } from "sluice"

/** Echoes each JSON value. A message that is not JSON closes with 1003. */
export const jsonEcho = new Hono().get(
  "/json",
  webSocket.accept(json(), () => Flow.of<JsonValue>()),
)
