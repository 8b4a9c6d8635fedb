import { Hono } from "hono"
import { webSocket } from "sluice"
import { invalidName, isName } from "./name.ts"
import { protocols } from "./protocols.ts"

/** The stopwatch of that id, in its own Durable Object. */
export const stopwatch = new Hono<{ Bindings: { STOPWATCH: DurableObjectNamespace } }>()
protocols.stopwatch.on(stopwatch, async (c) => {
  const id = c.req.param("id")
  return isName(id) ? webSocket.forward(c, c.env.STOPWATCH.getByName(id)) : c.text(invalidName, 400)
})
