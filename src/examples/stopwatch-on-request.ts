import { Hono } from "hono"
import { webSocket } from "sluice"
import { invalidName, isName } from "./name.ts"
import { invalidPeriod, period } from "./period.ts"

/** The same stopwatch. Answers `time`, and sends the time once a minute, or every `?every=` milliseconds, besides. */
export const stopwatchOnRequest = new Hono<{ Bindings: { STOPWATCH: DurableObjectNamespace } }>().get(
  "/stopwatch-on-request/:id",
  async (c) => {
    const id = c.req.param("id")
    const every = period(c.req.query("every") ?? "60000")
    if (!isName(id)) return c.text(invalidName, 400)
    if (every === undefined) return c.text(invalidPeriod, 400)
    return webSocket.forward(c, c.env.STOPWATCH.getByName(id), { data: { every } })
  },
)
