import type { Context } from "hono"
import { webSocket } from "sluice"
import { isName, names } from "./name.ts"
import { period, periods } from "./period.ts"

/** The same stopwatch for a client that asks for the time, and else wants it once a minute or every `?every=` milliseconds. */
export const stopwatchOnRequest = webSocket.acceptIn(
  (c: Context<{ Bindings: { STOPWATCH: DurableObjectNamespace } }, "/stopwatch-on-request/:id">) => {
    if (!isName(c.req.param("id"))) return c.text(names, 400)
    return every(c) === undefined ? c.text(periods, 400) : c.env.STOPWATCH.getByName(c.req.param("id"))
  },
  { given: (c) => ({ every: every(c) }) },
)

function every(c: Context): number | undefined {
  return period(c.req.query("every") ?? "60000")
}
