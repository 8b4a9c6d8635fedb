import type { MiddlewareHandler } from "hono"
import { wrongValue } from "../stream/author-value.ts"
import { asksForUpgrade, brokenAddress } from "./refusal.ts"

/** The origin of the request's own URL (RFC 6454). */
export const sameOrigin: unique symbol = Symbol("sameOrigin")

/**
 * Middleware that refuses upgrade requests of pages of other origins with 403 (RFC 6455 §10.2). Browsers send cookies with the
 * handshake of a WebSocket, whatever the origin of the page. Requests without `Origin`, which come from no browser, and requests for
 * no upgrade pass. An upgrade request with a broken `Host` gets 400.
 *
 * @param allowed `sameOrigin`, or a list of origins such as `"https://example.com"` and `sameOrigin`
 * @throws a `TypeError` for anything but `sameOrigin` or a list, and for a string that is no origin
 * @example `app.use(checkOrigin(sameOrigin))`
 */
export function checkOrigin(allowed: typeof sameOrigin | readonly (string | typeof sameOrigin)[]): MiddlewareHandler {
  const origins = typeof allowed === "symbol" ? [allowed] : allowed
  if (!Array.isArray(origins)) {
    throw wrongValue("checkOrigin takes sameOrigin or a list of origins, and got", allowed, "write a list: [origin]")
  }
  for (const origin of origins) if (typeof origin === "string") check(origin)
  return async (c, next) => {
    if (!asksForUpgrade(c)) return next()
    const broken = brokenAddress(c)
    if (broken) return broken
    const origin = c.req.header("Origin")
    const own = new URL(c.req.url).origin
    if (origin === undefined || origins.some((one) => origin === (one === sameOrigin ? own : one))) return next()
    return c.text("This origin may not open a WebSocket here.\n", 403)
  }
}

/** Throws a `TypeError` for a string that no browser would send as an origin. */
function check(origin: string): void {
  if (URL.canParse(origin) && written(new URL(origin)) === origin && !origin.includes("*")) return
  throw new TypeError(`"${origin}" is not an origin: write scheme, host and port alone, such as "https://example.com"`)
}

/** The origin of a URL. For schemes of apps and extensions `URL.origin` is "null". */
function written({ origin, protocol, host }: URL): string {
  return origin === "null" ? `${protocol}//${host}` : origin
}
