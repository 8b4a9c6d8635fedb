import { Hono } from "hono"
import { Flow, webSocket } from "sluice"
import { protocols } from "./protocols.ts"

/** Models both ways: a message that the schema refuses closes with 1003, and the reason lists its issues. */
export const model = new Hono()
protocols.model.on(
  model,
  webSocket.accept(protocols.model, () => Flow.of<{ foo: string }>().map(({ foo }) => ({ bar: foo }))),
)
