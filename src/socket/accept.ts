import type { Context, Env, Handler } from "hono"
import { systemClock } from "../stream/clock.ts"
import type { Flow } from "../stream/flow.ts"
import { asksForBatches, batchProtocol } from "./batch.ts"
import type { Codec } from "./codec.ts"
import { type Accepted, type Endpoint, endpointOf } from "./endpoint.ts"
import { type ConnectionFacts, withFacts } from "./facts.ts"
import { handshakeHeaders, onTopOf } from "./handshake.ts"
import {
  checkedEndpoint,
  type FlowStub,
  mustReturn,
  requireCodec,
  requireFunction,
  returnedAccepted,
  returnedFlow,
  returnedStub,
} from "./returned.ts"
import { notUpgradable, rejection } from "./upgrade.ts"
import { attach } from "./worker-target.ts"

type Maybe<T> = T | Promise<T>
/** A Hono handler that answers an upgrade request; it knows the path's params and the app's bindings. */
export type WebSocketHandler<E extends Env, P extends string> = Handler<E, P, Record<never, never>, Promise<Response>>

/** Handlers of upgrade requests: a WebSocket is a `Flow` of what comes in to what goes out. */
export const webSocket = {
  /**
   * Accepts every upgrade request with the flow that `connect` makes for it.
   *
   * A request that asks for no upgrade gets 426, one with another method than GET 405. What `connect` throws goes to the app's
   * `onError`, as from any handler.
   *
   * @example
   * ```ts
   * app.get("/echo", webSocket.accept(text, () => Flow.of<string>()))
   * ```
   */
  accept<In, Out, E extends Env = Env, P extends string = string>(
    codec: Codec<In, Out>,
    connect: (c: Context<E, P>) => Maybe<Flow<In, Out>>,
  ): WebSocketHandler<E, P> {
    return handler("accept", codec, connect, (flow) => ({ flow: returnedFlow(flow, "accept") }))
  },

  /**
   * Accepts an upgrade request with a flow, or rejects it with a `Response`, which the client gets as it is.
   *
   * @example
   * ```ts
   * app.get("/private", webSocket.acceptOrResult(text, (c) => (getCookie(c, "user") ? Flow.of<string>() : c.text("Forbidden", 403))))
   * ```
   */
  acceptOrResult<In, Out, E extends Env = Env, P extends string = string>(
    codec: Codec<In, Out>,
    connect: (c: Context<E, P>) => Maybe<Flow<In, Out> | Response>,
  ): WebSocketHandler<E, P> {
    return handler("acceptOrResult", codec, connect, (result) =>
      result instanceof Response ? result : { flow: returnedFlow(result, "acceptOrResult") },
    )
  },

  /**
   * Accepts every upgrade request with a flow and options: subprotocol, headers and cookies of the 101, limits,
   * compression.
   *
   * @example
   * ```ts
   * const flow = Flow.of<string>()
   * app.get("/chat", webSocket.acceptWithOptions(text, () => ({ flow, subprotocol: "chat.v2", limits: { messagesPerSecond: 20 } })))
   * ```
   */
  acceptWithOptions<In, Out, E extends Env = Env, P extends string = string>(
    codec: Codec<In, Out>,
    connect: (c: Context<E, P>) => Maybe<Accepted<In, Out>>,
  ): WebSocketHandler<E, P> {
    return handler("acceptWithOptions", codec, connect, (accepted) => returnedAccepted(accepted, "acceptWithOptions"))
  },

  /** Accepts an upgrade request with a flow and options, or rejects it with a `Response`. */
  acceptOrResultWithOptions<In, Out, E extends Env = Env, P extends string = string>(
    codec: Codec<In, Out>,
    connect: (c: Context<E, P>) => Maybe<Accepted<In, Out> | Response>,
  ): WebSocketHandler<E, P> {
    return handler("acceptOrResultWithOptions", codec, connect, (result) =>
      result instanceof Response ? result : returnedAccepted(result, "acceptOrResultWithOptions"),
    )
  },

  /**
   * Accepts an upgrade request with what `webSocket.flow` makes, or rejects it with a `Response`: for a codec that
   * depends on the request, and for an endpoint that a `FlowObject` has too.
   *
   * @example
   * ```ts
   * app.get("/prices", webSocket.acceptEndpoint((c) =>
   *   c.req.query("format") === "binary" ? webSocket.flow(binary, Flow.of()) : webSocket.flow(text, Flow.of()),
   * ))
   * ```
   */
  acceptEndpoint<E extends Env = Env, P extends string = string>(
    connect: (c: Context<E, P>) => Maybe<Endpoint | Response>,
  ): WebSocketHandler<E, P> {
    requireFunction(connect, "acceptEndpoint")
    return async (c) => {
      const refusal = notUpgradable(c)
      if (refusal) return refusal
      const result = await connect(c)
      if (result instanceof Response) return rejection(result)
      const endpoint = checkedEndpoint(result, mustReturn("an endpoint or a Response", "acceptEndpoint"))
      const request = c.req.raw
      // Before the flow is started: a handshake that fails must leave nothing behind.
      const isBatched = asksForBatches(request, endpoint)
      const headers = handshakeHeaders(request, isBatched ? { ...endpoint, subprotocol: batchProtocol } : endpoint)
      const identity = { endpoint: routeOf(c), id: crypto.randomUUID() }
      const client = attach(endpoint, systemClock, identity, isBatched)
      return switching(c, client, headers)
    }
  },

  /**
   * Hands an upgrade request over to a Durable Object that is a `FlowObject`, or rejects it with a `Response`. The
   * object's `accept` gets the facts of the connection: the URL, the path's params, the headers named in `headers`, and
   * what `given` returns. No client can set them.
   *
   * @example
   * ```ts
   * const app = new Hono<{ Bindings: { STOPWATCH: DurableObjectNamespace } }>()
   * route("/stopwatch/:id").on(app, webSocket.acceptIn((c) => c.env.STOPWATCH.getByName(c.req.param("id"))))
   * ```
   */
  acceptIn<Given, E extends Env = Env, P extends string = string>(
    object: (c: Context<E, P>) => Maybe<FlowStub | Response>,
    { headers = [], given }: { headers?: readonly string[]; given?: (c: Context<E, P>) => Maybe<Given> } = {},
  ): WebSocketHandler<E, P> {
    requireFunction(object, "acceptIn")
    return async (c) => {
      const refusal = notUpgradable(c)
      if (refusal) return refusal
      const result = await object(c)
      if (result instanceof Response) return rejection(result)
      const stub = returnedStub(result)
      const request = c.req.raw
      const kept = headers.flatMap((name) => {
        const value = request.headers.get(name)
        return value === null ? [] : [[name.toLowerCase(), value] as const]
      })
      const facts: Omit<ConnectionFacts, "id"> = {
        url: request.url,
        params: Object.fromEntries(Object.entries(c.req.param()).map(([name, value]) => [name, String(value)])),
        headers: Object.fromEntries(kept),
        given: await given?.(c),
        route: routeOf(c),
      }
      const response = await stub.fetch(withFacts(request, facts))
      if (response.webSocket) return switching(c, response.webSocket, response.headers)
      if (!response.ok) return rejection(response)
      await response.body?.cancel()
      throw new TypeError(
        `The object behind ${facts.route} answered ${response.status} to an upgrade: its class must extend FlowObject, and leave fetch to it`,
      )
    }
  },

  /** An endpoint for `acceptEndpoint` or a `FlowObject`: a codec, a flow, and options as for `acceptWithOptions`. */
  flow<In, Out>(codec: Codec<In, Out>, flow: Flow<In, Out>, options: Omit<Accepted<In, Out>, "flow"> = {}): Endpoint {
    return endpointOf(codec, { flow, ...options })
  },
}

/** The path of the route as it was written, which logs and counters go by; it must not take a connection down. */
function routeOf(c: Context): string {
  let path: string | undefined
  try {
    // `routePath` of `hono/route` finds nothing in the context of another copy of Hono.
    path = c.req.routePath
  } catch {
    // The handler was not called by a route, as one that is an app's `notFound`.
  }
  return path ?? "no route"
}

/** A handler that makes an endpoint of what `connect` returns; `name` is what errors call it. */
function handler<In, Out, Result, E extends Env, P extends string>(
  name: string,
  codec: Codec<In, Out>,
  connect: (c: Context<E, P>) => Maybe<Result>,
  accepted: (result: Result) => Accepted<In, Out> | Response,
): WebSocketHandler<E, P> {
  requireCodec(codec)
  requireFunction(connect, name)
  return webSocket.acceptEndpoint(async (c: Context<E, P>) => {
    const result = accepted(await connect(c))
    return result instanceof Response ? result : endpointOf(codec, result)
  })
}

/** The 101, with what was set by `c.header` and `setCookie`. */
function switching(c: Context, client: WebSocket, ofHandshake: Headers): Response {
  const headers = onTopOf(c.res.headers, ofHandshake)
  // Hono would replace the cookies of a new response by those of the one before.
  c.res = undefined
  c.res = new Response(null, { status: 101, webSocket: client, headers })
  return c.res
}
