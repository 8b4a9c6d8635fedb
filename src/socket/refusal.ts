import type { Context, MiddlewareHandler } from "hono"

/** Whether a request asks for a WebSocket. */
export function asksForUpgrade(c: Context): boolean {
  return c.req.header("Upgrade")?.toLowerCase() === "websocket"
}

/** The response to a request that cannot become a WebSocket, with the headers that were set before; `undefined` if it can. */
export function notUpgradable(c: Context): Response | undefined {
  // Hono lets the handler for GET answer HEAD, which cannot upgrade.
  if (c.req.method !== "GET" && (c.req.method !== "HEAD" || asksForUpgrade(c))) {
    return c.text("This address speaks WebSocket: ask for it with GET.\n", 405, { Allow: "GET" })
  }
  // RFC 9110 §15.5.22 requires the header, although the runtime removes it.
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

/** The response to a `Host` that is not valid (RFC 9112 §3.2); `undefined` if it is. */
export function brokenAddress(c: Context): Response | undefined {
  return URL.canParse(c.req.url) ? undefined : c.text("The Host of this request is broken.\n", 400)
}

/** A copy of a rejection whose headers middleware can set: those of a fetched response are immutable. */
export function rejection(response: Response): Response {
  return new Response(response.body, response)
}
