import { Hono } from "hono"
import { Flow, type JsonValue, webSocket } from "sluice"
import { protocols } from "./protocols.ts"

/** Each JSON value back; a message that is not JSON closes with 1003. */
export const jsonEcho = new Hono()
protocols.json.on(
  jsonEcho,
  webSocket.accept(protocols.json, () => Flow.of<JsonValue>()),
)
