import type { Env, Handler, Hono } from "hono"

/** The names of the params in a path such as `/items/:id`; those with a `?` may be left out. */
type Names<Path extends string> = Path extends `${string}:${infer Rest}`
  ? Rest extends `${infer Name}/${infer Tail}`
    ? Bare<Name> | Names<Tail>
    : Bare<Rest>
  : never
/** A name without its pattern: `id{[0-9]+}` is `id`. */
type Bare<Name extends string> = Name extends `${infer Before}{${string}}${infer After}` ? `${Before}${After}` : Name

type Value = string | number | boolean
/** The params of a path, by name. */
export type Params<Path extends string> = {
  [Name in Names<Path> as Name extends `${string}?` ? never : Name]: Value
} & {
  [Name in Names<Path> as Name extends `${infer Optional}?` ? Optional : never]?: Value
}
/** What a query may be made of. */
export type Query = Record<string, Value | undefined>

/** An argument that can be left out where nothing in it is required. */
type Argument<T> = Record<never, never> extends T ? [value?: T] : [value: T]
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
    const path = this.path.replace(/\/:(\w+)(?:\{[^}]*\})?(\?)?/g, (_, name: string, optional?: string) => {
      const value = rest.get(name)
      rest.delete(name)
      if (value === undefined || value === "") {
        if (optional) return ""
        throw new TypeError(`The route ${this.path} needs a value for "${name}"`)
      }
      return `/${encodeURIComponent(String(value))}`
    })
    const url = new URL(path || "/", req.url)
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:"
    for (const [name, value] of rest) if (value !== undefined) url.searchParams.append(name, String(value))
    return url.href
  }

  /** Gives the app a handler for this route; the handler's context knows the path's params and the app's bindings. */
  on<E extends Env>(app: Hono<E>, handler: Handler<E, Path>): void {
    app.get(this.path, handler)
  }
}

/** A route with the given path, in Hono's notation: `/items/:id`. */
export function route<Path extends string>(path: Path): Route<Path> {
  return new Route(path)
}
