import { Hono } from "hono"
import { webSocket } from "sluice"
import { invalidName, isName } from "./name.ts"

/** When a client disconnects, the other clients of its id receive the close code and the reason. */
export const control = new Hono<{ Bindings: { CONTROL: DurableObjectNamespace } }>().get("/control/:id", async (c) => {
  const id = c.req.param("id")
  return isName(id) ? webSocket.forward(c, c.env.CONTROL.getByName(id)) : c.text(invalidName, 400)
})
