import type { Context } from "hono"
import { Flow, Sink, Source, text, webSocket } from "sluice"

/** The disconnected flow: logs what comes in and sends a tick at once and then every second, or `?every=` milliseconds. */
export const ticks = webSocket.acceptOrResult(text, (c) => {
  const every = period(c)
  if (every === undefined) return c.text("every must be a whole number of milliseconds from 100 to 60000", 400)
  return Flow.fromSinkAndSource(
    Sink.forEach((message: string) => console.log(message)),
    Source.tick(every).map(() => "tick"),
  )
})

function period(c: Context): number | undefined {
  const every = c.req.query("every") ?? "1000"
  return /^\d+$/.test(every) && Number(every) >= 100 && Number(every) <= 60_000 ? Number(every) : undefined
}
