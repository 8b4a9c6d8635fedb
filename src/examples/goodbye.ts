import { Hono } from "hono"
import { Flow, Sink, Source, webSocket } from "sluice"
import { protocols } from "./protocols.ts"

/** Ignores its input, sends a greeting and closes, because the source has ended. */
export const goodbye = new Hono()
protocols.goodbye.on(
  goodbye,
  webSocket.accept(protocols.goodbye, () => Flow.fromSinkAndSource(Sink.ignore(), Source.single("Hello!"))),
)
