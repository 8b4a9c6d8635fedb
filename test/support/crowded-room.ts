import { Hono } from "hono"
import { binary, Flow, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"

/** A room with the default limits. */
export class Room extends FlowObject {
  private readonly said = this.hub<Uint8Array>("said")

  protected accept() {
    return webSocket.endpoint(binary, Flow.fromSinkAndSource(this.said.sink(), this.said.source()))
  }

  /** The bytes that the runtime buffers for each client. */
  buffered(): number[] {
    return this.ctx.getWebSockets().map((socket: WebSocket & { bufferedAmount?: number }) => socket.bufferedAmount ?? 0)
  }
}

/** Collects garbage, if V8 was started with `--expose-gc`. */
declare const gc: () => void

type Bindings = { Bindings: { Room: DurableObjectNamespace<Room> } }

export default new Hono<Bindings>()
  .post("/collect", (c) => {
    gc()
    return c.body(null, 204)
  })
  .get("/:room/buffered", async (c) => c.json(await c.env.Room.getByName(c.req.param("room")).buffered()))
  .get("/:room", (c) => webSocket.forward(c, c.env.Room.getByName(c.req.param("room"))))
