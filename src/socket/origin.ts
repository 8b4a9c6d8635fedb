import type { MiddlewareHandler } from "hono"
import { wrongValue } from "../stream/author-value.ts"
import { asksForUpgrade, brokenAddress } from "./refusal.ts"

/** The origin that the Worker itself was asked at. */
export const sameOrigin: unique symbol = Symbol("sameOrigin")

/**
 * Refuses upgrade requests that a page of another origin makes, with 403: browsers send cookies along to any WebSocket, whatever
 * page has opened it. A request without `Origin` comes from no browser, and passes; so does one that asks for no upgrade. An upgrade
 * request with a broken `Host` gets 400.
 *
 * @param allowed `sameOrigin`, or a list of origins such as `"https://example.com"`, `sameOrigin` among them or not
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

/** As browsers send it, so that a list that would never fit is found at once. */
function check(origin: string): void {
  if (URL.canParse(origin) && written(new URL(origin)) === origin && !origin.includes("*")) return
  throw new TypeError(`"${origin}" is not an origin: write scheme, host and port alone, such as "https://example.com"`)
}

/** Apps and extensions have schemes of their own, of which `URL` tells no origin. */
function written({ origin, protocol, host }: URL): string {
  return origin === "null" ? `${protocol}//${host}` : origin
}
