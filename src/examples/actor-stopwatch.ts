import { Hono } from "hono"
import { webSocket } from "sluice"
import { protocols } from "./protocols.ts"

/** A stopwatch for each connection, in an object of its own. */
export const actorStopwatch = new Hono<{ Bindings: { ACTOR_STOPWATCH: DurableObjectNamespace } }>()
protocols.actorStopwatch.on(actorStopwatch, (c) =>
  webSocket.forward(c, c.env.ACTOR_STOPWATCH.get(c.env.ACTOR_STOPWATCH.newUniqueId())),
)
