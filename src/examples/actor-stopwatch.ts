import { Hono } from "hono"
import { webSocket } from "sluice"

/** A stopwatch for each connection, in an object of its own. */
export const actorStopwatch = new Hono<{ Bindings: { ACTOR_STOPWATCH: DurableObjectNamespace } }>().get(
  "/actor/stopwatch",
  (c) => webSocket.forward(c, c.env.ACTOR_STOPWATCH.get(c.env.ACTOR_STOPWATCH.newUniqueId())),
)
