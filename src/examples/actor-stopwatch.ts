import type { Context } from "hono"
import { webSocket } from "sluice"

/** A stopwatch of one's own, in an object of its own. */
export const actorStopwatch = webSocket.acceptIn(
  (c: Context<{ Bindings: { ACTOR_STOPWATCH: DurableObjectNamespace } }>) =>
    c.env.ACTOR_STOPWATCH.get(c.env.ACTOR_STOPWATCH.newUniqueId()),
)
