import { Hono } from "hono"
import { ChatRoom } from "../../durable-objects/evictable.ts"
import { room } from "../../src/examples/room.ts"

/** The demo's chat room, with an id of the instance, and a way to evict it. */
class SoakRoom extends ChatRoom {
  private readonly instance = crypto.randomUUID()

  state(): RoomState {
    return { instance: this.instance, sockets: this.ctx.getWebSockets().length }
  }
}

/** A class is bound by the name under which it is exported. */
export { SoakRoom as CHAT_ROOM }

export interface RoomState {
  /** Changes each time the object has hibernated. */
  instance: string
  sockets: number
}

const app = new Hono<{ Bindings: { CHAT_ROOM: DurableObjectNamespace<SoakRoom> } }>()

app.route("/", room)
app.get("/rooms/:room/state", async (c) => c.json(await c.env.CHAT_ROOM.getByName(c.req.param("room")).state()))
app.post("/rooms/:room/evict", async (c) => {
  // The call fails, because its object is gone before it can answer.
  const stub = c.env.CHAT_ROOM.getByName(c.req.param("room"))
  await stub.evict().catch(() => {})
  return c.body(null, 204)
})

export default app
