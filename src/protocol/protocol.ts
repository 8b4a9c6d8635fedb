import type { Env, Handler, Hono, Schema } from "hono"
import { type AppRoute, address, innermost, merged, requestOf, type UrlBase } from "../routing/address.ts"
import type { Argument, Params, Query } from "../routing/params.ts"
import { listIssues } from "../socket/issues.ts"
import type { Speech } from "../socket/speech.ts"
import type { Closes, DistinctNames, Elements, InputOf, QueryInput, QuerySchema, ValidatedQuery } from "./elements.ts"

/** The parts of a protocol besides its path. */
export interface ProtocolOptions<Path extends string, Q, Receives, Sends, Codes> {
  /**
   * The schema of the query. A request with another query is not upgraded: it gets 400, with the issues as JSON. No entry may have the
   * name of a param of the path. Default: any query.
   */
  readonly query?: Q
  /** The messages that the server receives: a schema for JSON, or a codec. */
  readonly receives: Receives
  /** The messages that the server sends: a schema for JSON, or a codec. */
  readonly sends: Sends
  /** The close codes of the application, with their meanings. They are final: the client does not reconnect. Default: none. */
  readonly closes?: Codes
  /** Its description in the AsyncAPI document. */
  readonly summary?: string
  readonly description?: string
  /** The descriptions of the params of the path, in the AsyncAPI document. */
  readonly params?: { readonly [Name in keyof Params<Path>]?: string }
  /** Messages for the AsyncAPI document: JSON as it goes over the wire, or elements that the codec encodes. */
  readonly examples?: { readonly receives?: readonly InputOf<Receives>[]; readonly sends?: readonly InputOf<Sends>[] }
}

/** The parts of a URL: params of the path and of the mount of its app, and the query. */
export type UrlValues<Path extends string, Q, Prefix extends string = ""> = Params<Path> &
  Params<Prefix> &
  QueryInput<Q>

/**
 * The agreement of server and client, as a value that both import: path, query, messages and close codes. From it come the route, the
 * codec, the URL, the typed client of `sluice/client` and the document of `sluice/asyncapi`.
 */
export class Protocol<
  Path extends string,
  Q = undefined,
  Receives extends Speech = Speech,
  Sends extends Speech = Speech,
  Codes extends Closes = Closes,
  Prefix extends string = "",
> {
  declare readonly query?: Q
  declare readonly receives: Receives
  declare readonly sends: Sends
  declare readonly closes: Codes
  declare readonly summary?: string
  declare readonly description?: string
  declare readonly params?: { readonly [Name in keyof Params<Path>]?: string }
  declare readonly examples?: Required<ProtocolOptions<Path, Q, Receives, Sends, Codes>>["examples"]
  /** Carries the types of the elements to `webSocket.upgrade` and the like; never called. */
  declare readonly sluiceElements?: Elements<Receives, Sends>
  declare readonly path: Path
  declare private readonly prefix?: Prefix
  /** The routes of the app that has it, and its own among them. */
  declare private routes?: readonly AppRoute[]
  declare private registered?: AppRoute | undefined

  constructor(path: Path, options: ProtocolOptions<Path, Q, Receives, Sends, Codes>, prefix?: Prefix) {
    Object.assign(this, options, { path, prefix, closes: { ...options.closes } })
  }

  /** Gives the app a handler for this protocol; its context has the types of the path's params, and of the query as `c.req.valid("query")`. */
  on<E extends Env>(app: Hono<E, Schema, string>, handler: Handler<E, Path, ValidatedQuery<Q>>): void
  /** A handler that was made elsewhere, for any app. */
  on<E extends Env>(app: Hono<E, Schema, string>, handler: Handler<Env, Path>): void
  on<E extends Env>(app: Hono<E, Schema, string>, handler: Handler<E, Path, ValidatedQuery<Q>>): void {
    const query = this.query as QuerySchema | undefined
    app.get(this.path, async (c, next) => {
      const result = await query?.["~standard"].validate(c.req.query())
      if (result?.issues) return c.json(listIssues(result.issues), 400)
      if (result) c.req.addValidatedData("query", result.value)
      return handler(c, next)
    })
    this.routes = app.routes
    this.registered = app.routes.at(-1)
  }

  /** The same protocol, whose app is mounted at `prefix`, for URLs that are made elsewhere; as `under` of a route. */
  under<Added extends string>(prefix: Added): Protocol<Path, Q, Receives, Sends, Codes, Added> {
    return new Protocol(this.path, this, prefix)
  }

  /** The WebSocket URL on the host of the request, page or URL that is given; as `url` of a route. */
  url(base: UrlBase, ...[values]: Argument<UrlValues<Path, Q, Prefix>>): string {
    const { matchedRoutes, routeIndex = 0 } = requestOf(base)
    return address(this.path, this.pathFor(matchedRoutes?.[routeIndex]), base, values as Query)
  }

  /** The path with the prefix of `under`, else with the `basePath` of its app: the address in the AsyncAPI document. */
  get address(): string {
    return this.pathFor()
  }

  /** The whole path: with `basePath` and mounts, as far as the current handler shows them. */
  private pathFor(here?: AppRoute): string {
    const { path, prefix, registered } = this
    const own = merged("/", path)
    if (prefix !== undefined) return merged(prefix, own)
    if (!here) return registered?.path ?? own
    const isHere = (route: AppRoute) =>
      innermost(route.handler) === innermost(here.handler) && route.basePath === registered?.basePath
    if (!this.routes?.some(isHere)) throw new TypeError(`${path} is in another app: write under(its mount)`)
    return merged(here.basePath, registered?.basePath === "/" ? own : path)
  }
}

/**
 * A protocol for a path in Hono's notation.
 *
 * @example
 * ```ts
 * const chat = protocol("/rooms/:room", {
 *   query: v.object({ name: v.string() }),
 *   receives: v.object({ say: v.string() }),
 *   sends: v.object({ name: v.string(), said: v.string() }),
 *   closes: { 4001: "Kicked" },
 * })
 * chat.on(app, (c) => {
 *   const { name } = c.req.valid("query")
 *   const flow = Flow.of<{ say: string }>().map(({ say }) => ({ name, said: say }))
 *   return webSocket.upgrade(c, chat, flow)
 * })
 * chat.url("https://example.com", { room: "lobby", name: "Ann" }) // wss://example.com/rooms/lobby?name=Ann
 * ```
 */
export function protocol<
  const Path extends string,
  Receives extends Speech,
  Sends extends Speech,
  Q extends QuerySchema | undefined = undefined,
  const Codes extends Closes = Record<never, never>,
>(
  path: Path,
  options: ProtocolOptions<Path, Q, Receives, Sends, Codes> & DistinctNames<Path, Q>,
): Protocol<Path, Q, Receives, Sends, Codes> {
  return new Protocol(path, options)
}
