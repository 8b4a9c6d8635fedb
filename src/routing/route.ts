import type { Env, Handler, Hono } from "hono"

/** The names of the params in a path such as `/items/:id`; those with a `?` may be left out. */
type Names<Path extends string> = Path extends `${infer Segment}/${infer Rest}`
  ? NameOf<Segment> | Names<Rest>
  : NameOf<Path>
/** The name alone, without its pattern: that of `:id{[0-9]+}?` is `id?`. */
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
/** What a query may be made of. */
export type Query = Record<string, Value | undefined>

/** A segment that is a param: its name, its pattern if it has one, and a `?` if it may be left out. */
const param = /\/:([^/{}?]+)(?:\{[^/]+\})?(\?)?(?=\/|$)/g

/** An argument that is not there where it would have nothing in it, and can be left out where nothing is required. */
type Argument<T> = [keyof T] extends [never] ? [] : Record<never, never> extends T ? [value?: T] : [value: T]
type Parts<Path extends string, Q extends Query> = Argument<Params<Path> & Q>

/**
 * A route as a value: the path that the app is given, and the way back from it to a URL.
 *
 * @example
 * ```ts
 * const item = route("/items/:id").withQuery<{ lang?: string }>()
 * app.get(item.path, handler)
 * item.url(c, { id: "a b", lang: "en" }) // wss://example.com/items/a%20b?lang=en
 * ```
 */
export class Route<Path extends string, Q extends Query = Record<never, never>> {
  constructor(readonly path: Path) {}

  /** The same route with a typed query. */
  withQuery<Added extends Query>(): Route<Path, Added> {
    return new Route(this.path)
  }

  /**
   * The WebSocket URL of this route on the host and by the scheme of the request: `wss://` for `https://`, else `ws://`.
   * Params of the path and of the query are encoded. A `TypeError` where a param of the path is missing or empty.
   */
  url({ req }: { req: { url: string } }, ...[values]: Parts<Path, Q>): string {
    const rest = new Map(Object.entries(values ?? {}))
    const path = this.path.replace(param, (_, name: string, optional?: string) => {
      const value = rest.get(name)
      rest.delete(name)
      if (value === undefined || value === "") {
        if (optional) return ""
        throw new TypeError(`The route ${this.path} needs a value for "${name}"`)
      }
      if (value === "." || value === "..") {
        throw new TypeError(`The route ${this.path} cannot have "${value}" for "${name}": URLs give it a meaning`)
      }
      return `/${encodeURIComponent(String(value))}`
    })
    const url = new URL(path || "/", req.url)
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:"
    for (const [name, value] of rest) if (value !== undefined) url.searchParams.append(name, String(value))
    return url.href
  }

  /** Gives the app a handler for this route; the handler's context knows the path's params and the app's bindings. */
  on<E extends Env>(app: Hono<E>, handler: Handler<E, Path>): void
  /** A handler that was made elsewhere, for any app. */
  on<E extends Env>(app: Hono<E>, handler: Handler<Env, Path>): void
  on<E extends Env>(app: Hono<E>, handler: Handler<E, Path>): void {
    app.get(this.path, handler)
  }
}

/** A route with the given path, in Hono's notation: `/items/:id`. */
export function route<Path extends string>(path: Path): Route<Path> {
  return new Route(path)
}
