import { Hono } from "hono"
import { Flow, Sink, Source, text, webSocket } from "sluice"
import { invalidPeriod, period } from "./period.ts"

/** A sink and a source that are not connected: logs messages, and sends a tick at once and every second, or every `?every=` milliseconds. */
export const ticks = new Hono().get("/ticks", (c) => {
  const every = period(c.req.query("every") ?? "1000")
  if (every === undefined) return c.text(invalidPeriod, 400)
  const log = Sink.forEach((message: string) => console.log(message))
  return webSocket.upgrade(
    c,
    text,
    Flow.fromSinkAndSource(
      log,
      Source.tick(every).map(() => "tick"),
    ),
  )
})
