import { Hono } from "hono"
import { Flow, offeredSubprotocols, requireUpgrade, webSocket } from "sluice"
import { protocols } from "./protocols.ts"

const supported = ["chat.v2", "chat.v1"]

/** Supports two subprotocols and prefers the first; a client that offers neither is rejected. */
export const subprotocol = new Hono()
subprotocol.use(protocols.subprotocol.path, requireUpgrade)
protocols.subprotocol.on(subprotocol, (c) => {
  const offered = offeredSubprotocols(c.req.raw)
  const protocol = supported.find((name) => offered.includes(name))
  if (!protocol) return c.text(`Offer one of the subprotocols ${supported.join(", ")}`, 400)
  const flow = Flow.of<string>().map((message) => `${protocol}: ${message}`)
  return webSocket.upgrade(c, protocols.subprotocol, flow, { subprotocol: protocol })
})
