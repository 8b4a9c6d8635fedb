import { Hono } from "hono"
import { Flow, text, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"

/** Sends each message to every member of the room. */
export class Room extends FlowObject {
  private readonly messages = this.hub<string>("messages")

  protected accept() {
    return webSocket.endpoint(text, Flow.fromSinkAndSource(this.messages.sink(), this.messages.source()))
  }
}

const app = new Hono<{ Bindings: { ROOM: DurableObjectNamespace<Room> } }>()

app.get("/rooms/:room", (c) => webSocket.forward(c, c.env.ROOM.getByName(c.req.param("room"))))

export default app
