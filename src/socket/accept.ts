import type { Context, Env, Handler } from "hono"
import { systemClock } from "../stream/clock.ts"
import type { Flow } from "../stream/flow.ts"
import type { Codec } from "./codec.ts"
import { Connection } from "./connection.ts"
import { type Handshake, handshakeHeaders } from "./handshake.ts"
import { type Limits, withDefaults } from "./limits.ts"
import { attach } from "./worker-target.ts"

/** A flow together with what else to accept the socket with. */
export interface Accepted<In, Out> extends Handshake {
  flow: Flow<In, Out>
  /** What the endpoint takes from one client. */
  limits?: Limits
  /** Told once when the flow fails with something other than a `CloseError`. Default: `console.error`. */
  onError?: (error: unknown) => void
}

type Maybe<T> = T | Promise<T>
/** A Hono handler that answers an upgrade request; it knows the path's params and the app's bindings. */
export type WebSocketHandler<E extends Env, P extends string> = Handler<E, P, Record<never, never>, Promise<Response>>

/** Handlers of upgrade requests: a WebSocket is a `Flow` of what comes in to what goes out. */
export const webSocket = {
  /**
   * Accepts every upgrade request with the flow that `connect` makes for it.
   *
   * A request that asks for no upgrade gets 426. What `connect` throws goes to the app's `onError`, as from any handler.
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
    return handler(codec, async (c: Context<E, P>) => ({ flow: await connect(c) }))
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
    return handler(codec, async (c: Context<E, P>) => {
      const result = await connect(c)
      return result instanceof Response ? result : { flow: result }
    })
  },

  /**
   * Accepts every upgrade request with a flow and options: subprotocol, headers and cookies of the 101, limits,
   * compression.
   *
   * @example
   * ```ts
   * app.get("/chat", webSocket.acceptWithOptions(text, (c) => ({ flow, subprotocol: "chat.v2", limits: { messagesPerSecond: 20 } })))
   * ```
   */
  acceptWithOptions<In, Out, E extends Env = Env, P extends string = string>(
    codec: Codec<In, Out>,
    connect: (c: Context<E, P>) => Maybe<Accepted<In, Out>>,
  ): WebSocketHandler<E, P> {
    return handler(codec, connect)
  },

  /** Accepts an upgrade request with a flow and options, or rejects it with a `Response`. */
  acceptOrResultWithOptions<In, Out, E extends Env = Env, P extends string = string>(
    codec: Codec<In, Out>,
    connect: (c: Context<E, P>) => Maybe<Accepted<In, Out> | Response>,
  ): WebSocketHandler<E, P> {
    return handler(codec, connect)
  },
}

function handler<In, Out, E extends Env, P extends string>(
  codec: Codec<In, Out>,
  connect: (c: Context<E, P>) => Maybe<Accepted<In, Out> | Response>,
): WebSocketHandler<E, P> {
  return async (c) => {
    const request = c.req.raw
    if (request.headers.get("Upgrade")?.toLowerCase() !== "websocket") return upgradeRequired()
    const accepted = await connect(c)
    if (accepted instanceof Response) return accepted
    // Before the flow is started: a handshake that fails must leave nothing behind.
    const headers = handshakeHeaders(request, accepted)
    const onError = accepted.onError ?? ((error) => console.error(`The flow of ${c.req.path} failed:`, error))
    const limits = withDefaults(accepted.limits ?? {})
    const settings = { clock: systemClock, limits, onError }
    const client = attach((socket) => new Connection(accepted.flow, codec, socket, settings))
    return new Response(null, { status: 101, webSocket: client, headers })
  }
}

/** RFC 9110 §15.5.22. */
function upgradeRequired(): Response {
  return new Response("This address speaks WebSocket: ask for an upgrade.\n", {
    status: 426,
    headers: { Upgrade: "websocket", "Content-Type": "text/plain; charset=utf-8" },
  })
}
