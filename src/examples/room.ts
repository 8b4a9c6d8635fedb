import { Hono } from "hono"
import { requireUpgrade, webSocket } from "sluice"
import { invalidMember, isMember } from "./chat.ts"
import { invalidName, isName } from "./name.ts"

/** The chat room of that name, in its own Durable Object. */
export const room = new Hono<{ Bindings: { CHAT_ROOM: DurableObjectNamespace } }>().get(
  "/rooms/:room",
  requireUpgrade,
  async (c) => {
    const room = c.req.param("room")
    const name = c.req.query("name")
    if (!isName(room)) return c.text(invalidName, 400)
    if (!isMember(name)) return c.text(invalidMember, 400)
    return webSocket.forward(c, c.env.CHAT_ROOM.getByName(room), { data: { name } })
  },
)
