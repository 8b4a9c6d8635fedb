import { Flow, offeredSubprotocols, text, webSocket } from "sluice"

const spoken = ["chat.v2", "chat.v1"]

/** Speaks two subprotocols and prefers the first; a client that offers neither is rejected. */
export const subprotocol = webSocket.acceptOrResultWithOptions(text, (c) => {
  const offered = offeredSubprotocols(c.req.raw)
  const protocol = spoken.find((name) => offered.includes(name))
  if (!protocol) return c.text(`Offer one of the subprotocols ${spoken.join(", ")}`, 400)
  return { subprotocol: protocol, flow: Flow.of<string>().map((message) => `${protocol}: ${message}`) }
})
