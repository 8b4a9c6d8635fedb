import { type Context, Hono } from "hono"
import { Flow, text, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"
import { shout } from "../messages.ts"

export class EchoObject extends FlowObject {
  protected accept() {
    return webSocket.flow(text, Flow.of<string>().map(shout))
  }
}

type Bindings = { Bindings: { EchoObject: DurableObjectNamespace } }

export default new Hono<Bindings>()
  .get(
    "/object",
    webSocket.acceptIn((c: Context<Bindings>) => c.env.EchoObject.getByName("it")),
  )
  .get("/", (c) => c.text("ready"))
