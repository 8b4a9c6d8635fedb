import { Hono } from "hono"
import { Flow, Sink, Source, webSocket } from "sluice"
import { protocols } from "./protocols.ts"

/** The disconnected flow: logs its input and sends a tick at once and then every second, or `?every=` milliseconds. */
export const ticks = new Hono()
protocols.ticks.on(ticks, (c) => {
  const { every = 1000 } = c.req.valid("query")
  const log = Sink.forEach((message: string) => console.log(message))
  const tick = Source.tick(every).map(() => "tick")
  return webSocket.upgrade(c, protocols.ticks, Flow.fromSinkAndSource(log, tick))
})
