import { Hono } from "hono"
import { Flow, text, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"
import { shout } from "../messages.ts"

export class EchoObject extends FlowObject {
  protected accept() {
    return webSocket.endpoint(text, Flow.of<string>().map(shout))
  }
}

type Bindings = { Bindings: { EchoObject: DurableObjectNamespace } }

export default new Hono<Bindings>()
  .get("/object", (c) => webSocket.forward(c, c.env.EchoObject.getByName("it")))
  .get("/", (c) => c.text("ready"))
