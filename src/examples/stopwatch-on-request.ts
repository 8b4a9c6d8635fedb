import { Hono } from "hono"
import { webSocket } from "sluice"
import { invalidName, isName } from "./name.ts"
import { protocols } from "./protocols.ts"

/** The same stopwatch. The client gets the time on request, and once a minute or every `?every=` milliseconds besides. */
export const stopwatchOnRequest = new Hono<{ Bindings: { STOPWATCH: DurableObjectNamespace } }>()
protocols.stopwatchOnRequest.on(stopwatchOnRequest, async (c) => {
  const id = c.req.param("id")
  const { every = 60_000 } = c.req.valid("query")
  if (!isName(id)) return c.text(invalidName, 400)
  return webSocket.forward(c, c.env.STOPWATCH.getByName(id), { data: { every } })
})
