import type { Context } from "hono"
import { systemClock } from "../stream/clock.ts"
import { asksForBatches, batchProtocol } from "./batch.ts"
import type { Endpoint } from "./endpoint.ts"
import { handshakeHeaders, onTopOf } from "./handshake.ts"
import { attach } from "./worker-target.ts"

/** Upgrades a request in a plain Worker: the 101, whose socket runs the endpoint's flow. */
export function upgradeTo(c: Context, endpoint: Endpoint): Response {
  const request = c.req.raw
  // Before the flow starts, so that a handshake that fails leaves nothing behind.
  const isBatched = asksForBatches(request, endpoint)
  const headers = handshakeHeaders(request, endpoint, isBatched ? batchProtocol : undefined)
  const client = attach(endpoint, systemClock, { route: routeOf(c), id: crypto.randomUUID() }, isBatched)
  return switching(c, client, headers)
}

/** The 101, with the headers and cookies that `c.header` and `setCookie` have set. */
export function switching(c: Context, client: WebSocket, ofHandshake: Headers): Response {
  const headers = onTopOf(c.res.headers, ofHandshake)
  // Hono would replace the cookies of the new response by those of the previous one.
  c.res = undefined
  c.res = new Response(null, { status: 101, webSocket: client, headers })
  return c.res
}

/** The path of the route as it was written, for logs and metrics. Never throws, because a log must not break a connection. */
export function routeOf(c: Context): string {
  let path: string | undefined
  try {
    // `routePath` of `hono/route` finds nothing in the context of another copy of Hono.
    path = c.req.routePath
  } catch {
    // The handler was not called by a route, for example as an app's `notFound`.
  }
  return path ?? "no route"
}
