import { Hono } from "hono"
import { webSocket } from "sluice"
import { invalidName, isName } from "./name.ts"
import { protocols } from "./protocols.ts"

/** When a client disconnects, the other clients of its id receive the close code and the reason. */
export const control = new Hono<{ Bindings: { CONTROL: DurableObjectNamespace } }>()
protocols.control.on(control, async (c) => {
  const id = c.req.param("id")
  return isName(id) ? webSocket.forward(c, c.env.CONTROL.getByName(id)) : c.text(invalidName, 400)
})
