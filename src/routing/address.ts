import type { Query } from "./params.ts"

/** A route of a Hono app, as `app.routes` and `c.req.matchedRoutes` list them. */
export interface AppRoute {
  readonly path: string
  readonly basePath: string
  readonly handler: object
}

/** The current request and its matched handlers. */
export interface RoutedRequest {
  readonly url: string
  readonly matchedRoutes?: readonly AppRoute[]
  readonly routeIndex?: number
  param?(name: string): string | undefined
}

/** The base of a URL: the context of a handler, the `location` of a page, a URL. */
export type UrlBase = { req: RoutedRequest } | { href: string } | string

/** A segment that is a param: its name, its pattern if it has one, and a `?` if it may be left out. */
export const param = /\/:([^/{}?]+)(?:\{.+?\})?(\?)?(?=\/|$)/g

/**
 * The WebSocket URL of a route on the host of `base`. `whole` is its path behind its prefix; the rest of `values` is the query. A param
 * of the prefix that has no value gets the one that it has in the request. A `TypeError` where a param of the path is missing or empty.
 */
export function address(path: string, whole: string, base: UrlBase, values: Query = {}): string {
  const request = requestOf(base)
  const { url: from } = request
  // Without a prototype, which would have a value for the param `constructor`.
  const rest: Query = { __proto__: null as never, ...values }
  const filled = whole.replace(param, (_, name: string, optional: string | undefined, position: number) => {
    // A param takes two characters at least, so one of the prefix begins before this.
    const isOwn = position > whole.length - path.length - 2
    const value = `${rest[name] ?? (isOwn ? "" : request.param?.(name)) ?? ""}`
    delete rest[name]
    if (optional && !value) return ""
    // A URL takes `.` and `..` for steps in its path, encoded or not.
    if (/^\.{0,2}$/.test(value)) {
      throw new TypeError(`${path} needs a value for "${name}", not "${value}"`)
    }
    return `/${encodeURIComponent(value.toWellFormed())}`
  })
  if (!/^(http|ws)s?:/i.test(from) || !URL.canParse(from)) {
    throw new TypeError(`"${from}" has no WebSockets: give a context, a location or an http URL`)
  }
  // A URL takes two slashes at its beginning for a host.
  const url = new URL(`/.${filled || "/"}`, from)
  url.protocol = url.protocol.replace("http", "ws")
  for (const name in rest) if (rest[name] !== undefined) url.searchParams.set(name, `${rest[name]}`)
  return url.href
}

/** The request of a handler's context; of anything else its URL alone. */
export function requestOf(base: UrlBase): RoutedRequest {
  if (typeof base === "string") return { url: base }
  return "req" in base ? base.req : { url: base.href }
}

/** The handler inside its wrappers. Hono wraps handlers of an app with an error handler of its own, and marks them by this name. */
export function innermost(handler: { __COMPOSED_HANDLER?: object }): object {
  return handler.__COMPOSED_HANDLER ? innermost(handler.__COMPOSED_HANDLER) : handler
}

/** A path behind a prefix, as Hono's `basePath` and `app.route` join them: slashes stay as they are, except for a path `/` alone. */
export function merged(prefix: string, path: string): string {
  const start = prefix.replace(/^\/?/, "/")
  return path === "/" ? start : start.replace(/\/$/, "") + path.replace(/^\/?/, "/")
}
