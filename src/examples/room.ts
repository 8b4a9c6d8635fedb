import type { Context } from "hono"
import { webSocket } from "sluice"
import { isMember } from "./chat.ts"
import { isName, names } from "./name.ts"

/** The chat room of that name, in its own Durable Object. */
export const room = webSocket.acceptIn(
  (c: Context<{ Bindings: { CHAT_ROOM: DurableObjectNamespace } }, "/rooms/:room">) => {
    const room = c.req.param("room")
    if (!isName(room)) return c.text(names, 400)
    if (!isMember(c.req.query("name")))
      return c.text("Say who you are: ?name= with 1 to 32 characters, and no control characters among them", 400)
    return c.env.CHAT_ROOM.getByName(room)
  },
  { given: (c) => ({ name: c.req.query("name") }) },
)
