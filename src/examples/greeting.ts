import { Hono } from "hono"
import { Flow, Sink, Source, text, webSocket } from "sluice"

/** A sink and a source that are not connected: logs messages, sends a greeting and stays open. */
export const greeting = new Hono().get(
  "/greeting",
  webSocket.accept(text, () =>
    Flow.fromSinkAndSource(
      Sink.forEach((message: string) => console.log(message)),
      Source.single("Hello!").concat(Source.never()),
    ),
  ),
)
