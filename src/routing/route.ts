import type { Env, Handler, Hono, Schema } from "hono"
import { address, merged, requestOf, type UrlBase } from "./address.ts"
import { Mounts } from "./mounts.ts"
import type { Argument, Params, Query } from "./params.ts"

type Parts<Path extends string, Q extends Query, Prefix extends string> = Argument<Params<Path> & Params<Prefix> & Q>

/**
 * A route as a value: the path for the app, and the URLs that lead to it.
 *
 * @example
 * ```ts
 * const item = route("/items/:id").withQuery<{ lang?: string }>()
 * item.on(app, (c) => c.text(`Item ${c.req.param("id")}`))
 * app.get("/", (c) => c.text(item.url(c, { id: "a b", lang: "en" }))) // wss://example.com/items/a%20b?lang=en
 * ```
 */
export class Route<Path extends string, Q extends Query = Record<never, never>, Prefix extends string = ""> {
  constructor(
    readonly path: Path,
    private readonly prefix?: Prefix,
    private readonly mounts = new Mounts(path),
  ) {}

  /** The same route with a typed query. */
  withQuery<Added extends Query>(): Route<Path, Added, Prefix> {
    return new Route(this.path, this.prefix, this.mounts)
  }

  /**
   * The same route, whose app is mounted at `prefix`: all that `basePath` and `app.route` put before its path. The URL needs the params
   * of the prefix, too. It is for URLs that are made where the mount is unknown: in the handler of another app, in a page, outside a
   * request.
   *
   * @example `route("/items/:id").under("/api/v1").url("https://example.com", { id: 7 })` // wss://example.com/api/v1/items/7
   */
  under<Added extends string>(prefix: Added): Route<Path, Q, Added> {
    return new Route(this.path, prefix, this.mounts)
  }

  /**
   * The WebSocket URL of this route, on the host and by the scheme of the request, page or URL that is given: `wss://` for `https://`,
   * else `ws://`. Params of the path and of the query are encoded. A `TypeError` where a param of the path is missing or empty.
   *
   * In the handler of an app that has the route, the URL includes the mount of that app, by `basePath` and `app.route`. Elsewhere
   * `under` sets it. In a handler whose app does not have the route, a `TypeError` names `under`.
   */
  url(base: UrlBase, ...[values]: Parts<Path, Q, Prefix>): string {
    const { path, prefix, mounts } = this
    const whole = prefix === undefined ? mounts.pathFor(requestOf(base)) : merged(prefix, merged("/", path))
    return address(path, whole, base, values)
  }

  /** Gives the app a handler for this route; its context has the types of the path's params and of the app's bindings. */
  on<E extends Env>(app: Hono<E, Schema, string>, handler: Handler<E, Path>): void
  /** A handler that was made elsewhere, for any app. */
  on<E extends Env>(app: Hono<E, Schema, string>, handler: Handler<Env, Path>): void
  on<E extends Env>(app: Hono<E, Schema, string>, handler: Handler<E, Path>): void {
    app.get(this.path, handler)
    this.mounts.add(app)
  }
}

/** A route with the given path, in Hono's notation: `/items/:id`. */
export function route<Path extends string>(path: Path): Route<Path> {
  return new Route(path)
}
