import { Hono } from "hono"
import { Flow, Sink, Source, webSocket } from "sluice"
import { protocols } from "./protocols.ts"

/** The disconnected flow: logs its input, sends a greeting and stays open. */
export const greeting = new Hono()
protocols.greeting.on(
  greeting,
  webSocket.accept(protocols.greeting, () =>
    Flow.fromSinkAndSource(
      Sink.forEach((message: string) => console.log(message)),
      Source.single("Hello!").concat(Source.never()),
    ),
  ),
)
