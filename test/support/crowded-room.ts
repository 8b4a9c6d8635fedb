import { Hono } from "hono"
import { binary, Flow, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"

/** A room with the default limits. */
export class Room extends FlowObject {
  private readonly said = this.hub<Uint8Array>("said")

  protected accept() {
    return webSocket.endpoint(binary, Flow.fromSinkAndSource(this.said.sink(), this.said.source()))
  }
}

/** Collects garbage, if V8 was started with `--expose-gc`. */
declare const gc: () => void

type Bindings = { Bindings: { Room: DurableObjectNamespace } }

export default new Hono<Bindings>()
  .post("/collect", (c) => {
    gc()
    return c.body(null, 204)
  })
  .get("/:room", (c) => webSocket.forward(c, c.env.Room.getByName(c.req.param("room"))))
