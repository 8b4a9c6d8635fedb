import { Hono } from "hono"
import { requireUpgrade, webSocket } from "sluice"
import type { ChatRoom } from "../../durable-objects/chat-room.ts"
import { invalidName, isName } from "./name.ts"
import { protocols } from "./protocols.ts"

/** The chat room of that name, in its own Durable Object. */
export const room = new Hono<{ Bindings: { CHAT_ROOM: DurableObjectNamespace<ChatRoom> } }>()
room.use(protocols.room.path, requireUpgrade)
protocols.room.on(room, async (c) => {
  const name = c.req.param("room")
  if (!isName(name)) return c.text(invalidName, 400)
  return webSocket.forward(c, c.env.CHAT_ROOM.getByName(name), { data: c.req.valid("query") })
})
