import type { Context, Env, Handler, Input } from "hono"
import type { Flow } from "../stream/flow.ts"
import { requireContext, requireFlow, requireFunction, requireStub } from "./argument-checks.ts"
import { checkOptions, type Endpoint, type EndpointOptions, endpointOf } from "./endpoint.ts"
import { type FlowStub, type ForwardOptions, forwardTo } from "./forward.ts"
import { type CodecOrProtocol, codecOf } from "./protocol-codec.ts"
import { notUpgradable, rejection } from "./refusal.ts"
import { refuseResume } from "./resume.ts"
import { upgradeTo } from "./upgrade.ts"

type Maybe<T> = T | Promise<T>
/** A Hono handler that answers upgrade requests, typed with the path's params, the app's bindings and the validated query. */
export type WebSocketHandler<E extends Env, P extends string, I extends Input = Record<never, never>> = Handler<
  E,
  P,
  I,
  Promise<Response>
>

/** The options argument; optional for an object that takes no data, or any. */
type Forwarded<Data> = undefined extends Data
  ? [options?: ForwardOptions<Data>]
  : [options: Required<Pick<ForwardOptions<Data>, "data">> & ForwardOptions<Data>]

/**
 * Answers upgrade requests (RFC 6455 §4.2). A WebSocket is a `Flow` from the client's messages to the server's.
 *
 * A request without `Upgrade: websocket` gets 426, a request with another method than GET 405.
 */
export const webSocket = {
  /**
   * Upgrades a request, in an ordinary Hono handler, to a WebSocket that runs `flow`. To reject the request, return another
   * response instead.
   *
   * @throws a `TypeError` for an argument that is no context, codec or flow, for the option `resume`, and for an unknown option; a
   * `RangeError` for a limit or a close code out of bounds; an `Error` for a subprotocol that the client did not offer
   * @returns the 101, with the headers and cookies that were set before
   *
   * @example
   * ```ts
   * app.get("/items/:id", (c) => {
   *   if (!getCookie(c, "user")) return c.text("Forbidden", 403)
   *   const flow = Flow.of<string>().map((message) => `${c.req.param("id")}: ${message}`)
   *   return webSocket.upgrade(c, text, flow, { limits: { messagesPerSecond: 20 } })
   * })
   * ```
   */
  upgrade<In, Out>(
    c: Context,
    codec: CodecOrProtocol<In, Out>,
    flow: Flow<In, Out>,
    options: EndpointOptions = {},
  ): Response {
    requireContext(c, "upgrade")
    refuseResume(options)
    return notUpgradable(c) ?? upgradeTo(c, endpointOf(codec, flow, options))
  },

  /**
   * Forwards an upgrade request, in an ordinary Hono handler, to a Durable Object that is a `FlowObject`. Its `accept` gets the URL,
   * the path's params, `data`, and the headers named in `headers`. To reject the request, return another response from an `async`
   * handler.
   *
   * @throws a `TypeError` for an argument that is no context or stub, for `data` that is not JSON, for an object that does not extend
   * `FlowObject`, and for an unknown option
   * @returns the 101 of the object, or the response that it refuses the socket with
   *
   * @example
   * ```ts
   * const app = new Hono<{ Bindings: { CHAT_ROOM: DurableObjectNamespace } }>()
   * app.get("/rooms/:room", (c) =>
   *   webSocket.forward(c, c.env.CHAT_ROOM.getByName(c.req.param("room")), { data: { name: c.req.query("name") } }),
   * )
   * ```
   */
  async forward<Data = unknown>(
    c: Context,
    stub: FlowStub<Data>,
    ...[options = {}]: Forwarded<NoInfer<Data>>
  ): Promise<Response> {
    requireContext(c, "forward")
    const refusal = notUpgradable(c)
    if (refusal) return refusal
    requireStub(stub)
    return forwardTo(c, stub, options)
  },

  /**
   * A handler that accepts every upgrade request with the flow that `connect` returns for it: Play's `WebSocket.accept`.
   *
   * An error that `connect` throws goes to the app's `onError`, as from any handler. `app.get` does not infer the type of `c` for it:
   * annotate it, or use `upgrade`.
   *
   * @throws a `TypeError` for an argument that is no codec or no function, for the option `resume`, and for an unknown option
   *
   * @example
   * ```ts
   * app.get("/echo", webSocket.accept(text, () => Flow.of<string>()))
   * ```
   */
  accept<In, Out, E extends Env = Env, P extends string = string, I extends Input = Record<never, never>>(
    codec: CodecOrProtocol<In, Out>,
    connect: (c: Context<E, P, I>) => Maybe<Flow<In, Out>>,
    options: EndpointOptions = {},
  ): WebSocketHandler<E, P, I> {
    return handler("accept", codec, connect, options)
  },

  /**
   * A handler that accepts an upgrade request with the flow that `connect` returns, or rejects it with the `Response` that `connect`
   * returns: Play's `WebSocket.acceptOrResult`.
   *
   * @throws a `TypeError` for an argument that is no codec or no function, for the option `resume`, and for an unknown option
   *
   * @example
   * ```ts
   * app.get("/private", webSocket.acceptOrResult(text, (c) => (getCookie(c, "user") ? Flow.of<string>() : c.text("Forbidden", 403))))
   * ```
   */
  acceptOrResult<In, Out, E extends Env = Env, P extends string = string, I extends Input = Record<never, never>>(
    codec: CodecOrProtocol<In, Out>,
    connect: (c: Context<E, P, I>) => Maybe<Flow<In, Out> | Response>,
    options: EndpointOptions = {},
  ): WebSocketHandler<E, P, I> {
    return handler("acceptOrResult", codec, connect, options)
  },

  /**
   * The endpoint that the `accept` of a `FlowObject` returns: a codec, a flow and options.
   *
   * @throws a `TypeError` for an argument that is no codec or no flow, and for an unknown option; a `RangeError` for a limit or a close code
   * out of bounds
   */
  endpoint<In, Out>(codec: CodecOrProtocol<In, Out>, flow: Flow<In, Out>, options: EndpointOptions = {}): Endpoint {
    return endpointOf(codec, flow, options)
  },
}

/** A handler that upgrades to the flow that `connect` returns; `name` is its name in errors. */
function handler<In, Out, E extends Env, P extends string, I extends Input>(
  name: "accept" | "acceptOrResult",
  codec: CodecOrProtocol<In, Out>,
  connect: (c: Context<E, P, I>) => Maybe<Flow<In, Out> | Response>,
  options: EndpointOptions,
): WebSocketHandler<E, P, I> {
  const spoken = codecOf(codec)
  requireFunction(connect, name)
  checkOptions(options)
  refuseResume(options)
  return async (c) => {
    const refusal = notUpgradable(c)
    if (refusal) return refusal
    const result = await connect(c)
    if (name === "acceptOrResult" && result instanceof Response) return rejection(result)
    const flow = result as Flow<In, Out>
    requireFlow(flow, `The function of webSocket.${name} must return a flow, and returned`)
    return upgradeTo(c, endpointOf(spoken, flow, options))
  }
}
