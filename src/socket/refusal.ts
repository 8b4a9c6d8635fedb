import type { Context, MiddlewareHandler } from "hono"

/** Whether a request asks for a WebSocket. */
export function asksForUpgrade(c: Context): boolean {
  return c.req.header("Upgrade")?.toLowerCase() === "websocket"
}

/** The answer to a request that cannot become a WebSocket, with the headers that were set before; `undefined` for one that can. */
export function notUpgradable(c: Context): Response | undefined {
  // Hono has a HEAD answered by the handler for GET.
  if (c.req.method !== "GET" && c.req.method !== "HEAD") {
    return c.text("This address speaks WebSocket: ask for it with GET.\n", 405, { Allow: "GET" })
  }
  // RFC 9110 §15.5.22 wants the header; the runtime keeps it from the wire.
  if (!asksForUpgrade(c)) {
    return c.text("This address speaks WebSocket: ask for an upgrade.\n", 426, { Upgrade: "websocket" })
  }
  return brokenAddress(c)
}

/**
 * Middleware that answers a request that cannot become a WebSocket as `webSocket.upgrade` does, before the handler looks at it:
 * 426 without `Upgrade: websocket`, 405 for another method than GET.
 *
 * @example
 * ```ts
 * app.get("/rooms/:room", requireUpgrade, (c) =>
 *   c.req.query("name") ? webSocket.upgrade(c, text, Flow.of<string>()) : c.text("?name= is missing", 400),
 * )
 * ```
 */
export const requireUpgrade: MiddlewareHandler = async (c, next) => notUpgradable(c) ?? next()

/** The answer to a Host that makes no address, RFC 9112 §3.2; `undefined` where it does. */
export function brokenAddress(c: Context): Response | undefined {
  return URL.canParse(c.req.url) ? undefined : c.text("The Host of this request is broken.\n", 400)
}

/** A rejection as it is, in a response whose headers middleware can set: those of a fetched one are immutable. */
export function rejection(response: Response): Response {
  return new Response(response.body, response)
}
