import type { Env, Handler, Hono, Schema } from "hono"
import { type Asking, Mounts, trimmed } from "./mounts.ts"

/** The names of the params in a path such as `/items/:id`; those with a `?` are optional. */
type Names<Path extends string> = Path extends `${infer Segment}/${infer Rest}`
  ? NameOf<Segment> | Names<Rest>
  : NameOf<Path>
/** The name without its pattern: for `:id{[0-9]+}?` it is `id?`. */
type NameOf<Segment extends string> = Segment extends `:${infer Name}`
  ? Name extends `${infer Before}{${string}`
    ? Name extends `${string}?`
      ? `${Before}?`
      : Before
    : Name
  : never

type Value = string | number | boolean
/** The params of a path, by name. */
export type Params<Path extends string> = {
  [Name in Names<Path> as Name extends `${string}?` ? never : Name]: Value
} & {
  [Name in Names<Path> as Name extends `${infer Optional}?` ? Optional : never]?: Value
}
/** The values of a query; `undefined` ones are left out. */
export type Query = Record<string, Value | undefined>

/** A segment that is a param: its name, its pattern if it has one, and a `?` if it is optional. */
const param = /\/:([^/{}?]+)(?:\{[^/]+\})?(\?)?(?=\/|$)/g

/** An argument of type `T`; absent if `T` has no properties, and optional if none is required. */
type Argument<T> = [keyof T] extends [never] ? [] : Record<never, never> extends T ? [value?: T] : [value: T]
type Parts<Path extends string, Q extends Query, Prefix extends string> = Argument<Params<Path> & Params<Prefix> & Q>

/** The base of a URL: the context of a handler, the `location` of a page, or a URL. */
export type UrlBase = { req: Asking } | { href: string } | string

/**
 * A route as a value: the path for the app, and the URL for a client.
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
   * The same route, whose app is mounted at `prefix`: everything that `basePath` and `app.route` put before its path. `url` needs the
   * params of the prefix, too. For URLs where the mount is not known: in the handler of another app, in a page, outside of a request.
   *
   * @example `route("/items/:id").under("/api/v1").url("https://example.com", { id: 7 })` // wss://example.com/api/v1/items/7
   */
  under<Added extends string>(prefix: Added): Route<Path, Q, Added> {
    return new Route(this.path, prefix, this.mounts)
  }

  /**
   * The WebSocket URL of this route, with the host of `base`, and with the scheme `wss:` if that of `base` is `https:` or `wss:`, else
   * `ws:` (RFC 6455 §3). Params of the path and of the query are encoded.
   *
   * In the handler of an app that has the route, the URL includes where that app is mounted, by `basePath` and `app.route`. Elsewhere
   * use `under`.
   *
   * @throws a `TypeError` for a param of the path that is missing, empty, `.` or `..`, for a base without a host, and in a handler
   * whose app does not have the route
   */
  url(base: UrlBase, ...[values]: Parts<Path, Q, Prefix>): string {
    const rest = new Map<string, Value | undefined>(Object.entries(values ?? {}))
    const asking = typeof base === "object" && "req" in base ? base.req : undefined
    const prefix = this.prefix ?? (asking ? this.mounts.prefixFor(asking) : this.mounts.ownBase)
    const fill = (path: string, given?: (name: string) => Value | undefined) =>
      path.replace(param, (_, name: string, optional?: string) => {
        const value = rest.get(name) ?? given?.(name)
        rest.delete(name)
        return this.segment(name, value, optional !== undefined)
      })
    // A param of the mount defaults to its value in the request.
    const mount = fill(withSlash(trimmed(prefix)), (name) => asking?.param?.(name))
    const path = mount + fill(withSlash(this.path))
    const url = socketUrl(path || "/", base)
    for (const [name, value] of rest) if (value !== undefined) url.searchParams.append(name, String(value))
    return url.href
  }

  /** Adds a handler for GET on this route to the app. The handler's context is typed with the path's params and the app's bindings. */
  on<E extends Env>(app: Hono<E, Schema, string>, handler: Handler<E, Path>): void
  /** Adds a handler that was made elsewhere, for any app. */
  on<E extends Env>(app: Hono<E, Schema, string>, handler: Handler<Env, Path>): void
  on<E extends Env>(app: Hono<E, Schema, string>, handler: Handler<E, Path>): void {
    app.get(this.path, handler)
    this.mounts.add(app)
  }

  private segment(name: string, value: Value | undefined, isOptional: boolean): string {
    if (value === undefined || value === "") {
      if (isOptional) return ""
      throw new TypeError(`The route ${this.path} needs a value for "${name}"`)
    }
    if (value === "." || value === "..") {
      throw new TypeError(`The route ${this.path} cannot have "${value}" for "${name}": URLs give it a meaning`)
    }
    return `/${encodeURIComponent(String(value))}`
  }
}

/** A path to append to another: `/` adds nothing. */
function withSlash(path: string): string {
  if (path === "" || path === "/") return ""
  return path.startsWith("/") ? path : `/${path}`
}

function socketUrl(path: string, base: UrlBase): URL {
  const from = typeof base === "string" ? base : "req" in base ? base.req.url : base.href
  const scheme = /^(?:http|ws)(s?):/i.exec(from)
  if (!scheme || !URL.canParse(from)) {
    throw new TypeError(
      `"${from}" has no WebSockets: url() takes a handler's context, a page's location or a URL with http or ws`,
    )
  }
  const url = new URL(path, from)
  url.protocol = scheme[1] ? "wss:" : "ws:"
  return url
}

/** A route with the given path, in Hono's notation: `/items/:id`. */
export function route<Path extends string>(path: Path): Route<Path> {
  return new Route(path)
}
