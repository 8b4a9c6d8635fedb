import { Hono } from "hono"
import { Flow, Sink, Source, text, webSocket } from "sluice"

/** Ignores what comes in, sends a greeting and closes: the source has ended. */
export const goodbye = new Hono().get(
  "/goodbye",
  webSocket.accept(text, () => Flow.fromSinkAndSource(Sink.ignore(), Source.single("Hello!"))),
)
