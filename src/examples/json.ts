import { Hono } from "hono"
import { Flow, type JsonValue, json, webSocket } from "sluice"

/** Each JSON value back; what is not JSON closes with 1003. */
export const jsonEcho = new Hono().get(
  "/json",
  webSocket.accept(json(), () => Flow.of<JsonValue>()),
)
