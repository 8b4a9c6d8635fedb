import { Hono } from "hono"
import { Flow, Sink, Source, text, webSocket } from "sluice"

/** Ignores messages, sends a greeting and closes, because the source has completed. */
export const goodbye = new Hono().get(
  "/goodbye",
  webSocket.accept(text, () => Flow.fromSinkAndSource(Sink.ignore(), Source.single("Hello!"))),
)
