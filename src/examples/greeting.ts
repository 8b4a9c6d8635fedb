import { Hono } from "hono"
import { Flow, Sink, Source, text, webSocket } from "sluice"

/** The disconnected flow: logs what comes in, sends a greeting and stays open. */
export const greeting = new Hono().get(
  "/greeting",
  webSocket.accept(text, () =>
    Flow.fromSinkAndSource(
      Sink.forEach((message: string) => console.log(message)),
      Source.single("Hello!").concat(Source.never()),
    ),
  ),
)
