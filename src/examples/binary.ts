import { Hono } from "hono"
import { Flow, webSocket } from "sluice"
import { protocols } from "./protocols.ts"

/** Each binary message back; a text message closes with 1003. */
export const binaryEcho = new Hono()
protocols.binary.on(
  binaryEcho,
  webSocket.accept(protocols.binary, () => Flow.of<Uint8Array>()),
)
