import type { MiddlewareHandler } from "hono"

/** The origin that the Worker itself was asked at. */
export const sameOrigin: unique symbol = Symbol("sameOrigin")

/**
 * Refuses upgrade requests that a page of another origin makes, with 403: browsers send cookies along to any WebSocket, whoever's
 * page has opened it. What has no `Origin` is no browser, and passes; so do requests that ask for no upgrade.
 *
 * @param allowed `sameOrigin`, or a list of origins such as `"https://example.com"`, `sameOrigin` among them or not
 * @example `app.use(checkOrigin(sameOrigin))`
 */
export function checkOrigin(allowed: typeof sameOrigin | readonly (string | typeof sameOrigin)[]): MiddlewareHandler {
  const origins = typeof allowed === "symbol" ? [allowed] : allowed
  for (const origin of origins) if (typeof origin === "string") check(origin)
  return async (c, next) => {
    const origin = c.req.header("Origin")
    const isMeant = c.req.header("Upgrade")?.toLowerCase() === "websocket" && origin !== undefined
    const own = new URL(c.req.url).origin
    if (isMeant && !origins.some((one) => origin === (one === sameOrigin ? own : one))) {
      return c.text("This origin may not open a WebSocket here.\n", 403)
    }
    return next()
  }
}

/** As browsers send it, so that a list that would never fit is found at once. */
function check(origin: string): void {
  if (URL.canParse(origin) && written(new URL(origin)) === origin && !origin.includes("*")) return
  throw new TypeError(`"${origin}" is not an origin: write scheme, host and port alone, such as "https://example.com"`)
}

/** Apps and extensions have schemes of their own, of which `URL` tells no origin. */
function written({ origin, protocol, host }: URL): string {
  return origin === "null" ? `${protocol}//${host}` : origin
}
