import { Flow, Sink, Source, text, webSocket } from "sluice"
import { period, periods } from "./period.ts"

/** The disconnected flow: logs what comes in and sends a tick at once and then every second, or `?every=` milliseconds. */
export const ticks = webSocket.acceptOrResult(text, (c) => {
  const every = period(c.req.query("every") ?? "1000")
  if (every === undefined) return c.text(periods, 400)
  return Flow.fromSinkAndSource(
    Sink.forEach((message: string) => console.log(message)),
    Source.tick(every).map(() => "tick"),
  )
})
