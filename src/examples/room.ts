import type { Context } from "hono"
import { webSocket } from "sluice"
import { isName } from "./chat.ts"

/** The chat room of that name, in its own Durable Object. */
export const room = webSocket.acceptIn(
  (c: Context<{ Bindings: { CHAT_ROOM: DurableObjectNamespace } }, "/rooms/:room">) => {
    if (!isName(c.req.query("name"))) return c.text("Say who you are: ?name= with 1 to 32 characters", 400)
    return c.env.CHAT_ROOM.getByName(c.req.param("room"))
  },
  { given: (c) => ({ name: c.req.query("name") }) },
)
