import { Hono } from "hono"
import { Flow, json, webSocket } from "sluice"
import * as v from "valibot"

const InEvent = v.object({ foo: v.string() })
const OutEvent = v.object({ bar: v.string() })
type InEvent = v.InferOutput<typeof InEvent>

/** Validates messages both ways. A message that the schema refuses closes with 1003 and the issues as the reason. */
export const model = new Hono().get(
  "/model",
  webSocket.accept(json(InEvent, OutEvent), () => Flow.of<InEvent>().map(({ foo }) => ({ bar: foo }))),
)
