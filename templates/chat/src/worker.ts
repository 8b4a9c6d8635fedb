import { Hono } from "hono"
import { checkOrigin, sameOrigin, webSocket } from "sluice"
import { chat } from "./protocol.ts"
import type { Room } from "./room.ts"

export { Room } from "./room.ts"

const app = new Hono<{ Bindings: { ROOM: DurableObjectNamespace<Room> } }>()

app.use(checkOrigin(sameOrigin))
chat.on(app, (c) => webSocket.forward(c, c.env.ROOM.getByName(c.req.param("room")), { data: c.req.valid("query") }))

export default app
