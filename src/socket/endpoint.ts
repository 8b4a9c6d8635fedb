import type { TextFormat } from "../session/frame.ts"
import { defaultWindow } from "../session/sequence.ts"
import { checkNames, wrongValue } from "../stream/author-value.ts"
import type { Clock } from "../stream/clock.ts"
import { type Step, Wiring } from "../stream/engine/wiring.ts"
import { Flow } from "../stream/flow.ts"
import { type Logger, log } from "../stream/logger.ts"
import { isA, isEndpoint, remedyFor, requireFlow } from "./argument-checks.ts"
import { type CloseCodes, withDefaultCodes } from "./close-codes.ts"
import type { Codec, Data } from "./codec.ts"
import { Connection } from "./connection.ts"
import type { Handshake } from "./handshake.ts"
import { type AllLimits, defaultLimits, type Limits, withDefaults } from "./limits.ts"
import type { CloseMessage } from "./message.ts"
import { type Metrics, metricsOf } from "./metrics.ts"
import { type CodecOrProtocol, codecOf } from "./protocol-codec.ts"
import { type Resume, type ResumeSettings, resumeSettings } from "./resume.ts"
import type { AnyConnection, ConnectionSettings, Socket } from "./target.ts"

/** The options of an endpoint, besides its codec and its flow. */
export interface EndpointOptions extends Handshake {
  /** Limits per connection. Default: those that `Limits` names. */
  limits?: Limits
  /**
   * A text message that is answered at once and does not reach the flow. In a Durable Object the runtime answers it without waking
   * the object; all sockets of an object share one such text. Default: none.
   */
  autoResponse?: AutoResponse
  /**
   * Whether clients that offer the subprotocol `sluice.batch` get all messages of one event in one frame: a JSON array of texts, or
   * bytes each after its length as an unsigned 32-bit integer in big-endian order. Default `false`.
   */
  batch?: boolean
  /**
   * The close codes for "overloaded" and "restarted". Default 1013 and 1012, which WebKitGTK, Qt, libwebsockets and others report
   * as 1006 or 1002; codes from 4000 on reach every client. A close with 1013 or 1012 by the flow is sent with these codes.
   */
  closeCodes?: CloseCodes
  /**
   * A part of the fingerprint of a Durable Object's flow. Change it when the state of steps has changed although the steps have not.
   * Snapshots that were saved before then go to `FlowObject.migrate`, which by default closes their sockets as "restarted". Default: none.
   */
  version?: string | number
  /**
   * Lets a connection outlive its socket, for clients that speak `sluice.1` as `sluice/client` does; others are not resumed. Only in a
   * `FlowObject`. Default: a connection ends with its socket.
   */
  resume?: Resume
  /**
   * Called once, with the error, when a failure of the flow closes the socket with 1011. Not called for a `CloseError`, and not for an
   * `ActorFailedError`, because the failure of an actor is logged with the actor. Default: `logger`.
   */
  onError?: (error: unknown) => void
  /** Where the log entries of its connections go. Must not throw. Default: the logger of the `FlowObject`, or that of `setLogger`. */
  logger?: Logger
  /** Where its connections are counted, by the path of the route. Default: the map of the `FlowObject`, or that of `metrics()`. */
  metrics?: Map<string, Metrics>
}

/** The text that a client sends to keep its connection alive, and the answer. */
export interface AutoResponse {
  request: string
  response: string
}

/** Identifies a connection in logs and metrics: the path of its route as it was written, and an id of its own. */
export interface Identity {
  route: string
  id: string
}

/** The defaults of the endpoints of an object. */
export interface EndpointDefaults {
  /** Default: that of `setLogger`. */
  logger?: Logger
  /** Default: the map that `metrics()` returns. */
  metrics?: Map<string, Metrics>
}

type Hooks = Pick<ConnectionSettings, "enter" | "onWired" | "onChanged" | "onSettled" | "owner" | "scope">

/** A codec, a flow and options: everything that is needed to run a flow on a socket. */
export interface Endpoint extends Handshake {
  /** @param share replaces the codec by one that shares encoded frames between connections */
  connection(
    socket: Socket,
    clock: Clock,
    identity: Identity,
    hooks?: Hooks & EndpointDefaults,
    share?: Share,
  ): AnyConnection
  /** The steps of its flow, in order. */
  steps(): readonly Step[]
  readonly limits: AllLimits
  readonly autoResponse?: AutoResponse
  readonly batch?: boolean
  readonly closeCodes: Required<CloseCodes>
  readonly version?: string | number
  readonly resume?: ResumeSettings
  /** How the frames of a session carry texts. */
  readonly format: TextFormat
  readonly direct: DirectOutput
}

/**
 * The part of an endpoint that elements need that go to the client with no stage in between. It does not refer to the flow, because an
 * object may keep one for each of thousands of hibernating connections.
 */
export interface DirectOutput {
  readonly limits: AllLimits
  readonly format: TextFormat
  /** The metrics that its connections on a route are counted in. */
  metricsOf(route: string, defaults: EndpointDefaults): Metrics
  frame(element: unknown, share: Share): Data | CloseMessage
}

export type Share = <In, Out>(codec: Codec<In, Out>) => Codec<In, Out>

const known: Record<keyof EndpointOptions, true> = {
  limits: true,
  autoResponse: true,
  batch: true,
  closeCodes: true,
  version: true,
  resume: true,
  onError: true,
  logger: true,
  metrics: true,
  subprotocol: true,
  headers: true,
  cookies: true,
  compression: true,
}

/** Throws a `TypeError` for an option that no endpoint has. */
export function checkOptions(options: EndpointOptions): void {
  checkNames("endpoint option", options, known)
}

/**
 * Makes an endpoint. Throws a `TypeError` for an argument or an option of a wrong type and for an unknown option, and a `RangeError` for
 * a limit or a close code out of bounds.
 */
export function endpointOf<In, Out>(
  given: CodecOrProtocol<In, Out>,
  flow: Flow<In, Out>,
  options: EndpointOptions,
): Endpoint {
  const codec = codecOf(given)
  requireFlow(flow)
  checkOptions(options)
  checkVersion(options.version)
  const { autoResponse, onError, logger, metrics: routes, ...others } = options
  checkSinks("an endpoint", options)
  const resume = resumeSettings(options.resume)
  const isLimited = resume !== undefined || options.limits !== undefined
  // The same for most connections, because an object may have thousands.
  const limits = isLimited
    ? withDefaults({ ...(resume && { maxBufferedAmount: defaultWindow }), ...options.limits })
    : defaultLimits
  const closeCodes = withDefaultCodes(options.closeCodes)
  return {
    ...others,
    limits,
    closeCodes,
    resume,
    format: codec.format,
    autoResponse: autoResponse && wellFormed(autoResponse),
    steps() {
      const wiring = new Wiring()
      wiring.chain(flow.chain, undefined)
      return wiring.steps
    },
    connection(socket, clock, { route, id }, hooks = {}, share = (same) => same) {
      const { logger: shared = log, metrics: sharedRoutes, ...events } = hooks
      const metrics = metricsOf(route, routes ?? sharedRoutes)
      const settings = { clock, limits, closeCodes, metrics, logger: logger ?? shared, route, id, onError, ...events }
      return new Connection(flow, share(codec), socket, settings)
    },
    direct: directOutput(codec, limits, routes),
  }
}

/** A function of its own, because its closures keep all that the function around them has. */
function directOutput<In, Out>(
  codec: Codec<In, Out>,
  limits: AllLimits,
  routes: EndpointOptions["metrics"],
): DirectOutput {
  return {
    limits,
    format: codec.format,
    metricsOf: (route, defaults) => metricsOf(route, routes ?? defaults.metrics),
    frame: (element, share) => share(codec).encode(element as Out),
  }
}

/** @param must the beginning of the error, up to the value: `Room.accept must return an endpoint or a Response, and returned` */
export function checkedEndpoint(value: unknown, must: string): Endpoint {
  if (isEndpoint(value)) return value as Endpoint
  // webSocket.accept makes a handler.
  const isHandlerOrFlow = typeof value === "function" || isA(Flow, value)
  throw wrongValue(must, value, isHandlerOrFlow ? "write webSocket.endpoint(codec, flow)" : remedyFor(value))
}

function checkVersion(version: unknown): void {
  if (version === undefined || typeof version === "string" || Number.isFinite(version)) return
  throw wrongValue("The version of an endpoint is", version, "it must be a string or a number")
}

/** Throws a `TypeError` for a logger that is no function, and for metrics that are no map. */
export function checkSinks(owner: string, { logger, metrics }: EndpointDefaults): void {
  if (logger !== undefined && typeof logger !== "function") {
    throw wrongValue(`The logger of ${owner} is`, logger, "it must be a function of a log entry, such as jsonLogger")
  }
  if (metrics === undefined || metrics instanceof Map) return
  throw wrongValue(`The metrics of ${owner} are`, metrics, "they must be a map: new Map<string, Metrics>()")
}

/** The texts as frames carry them: half a surrogate pair becomes U+FFFD. */
function wellFormed(autoResponse: AutoResponse): AutoResponse {
  const { request, response } = autoResponse
  if (typeof request === "string" && typeof response === "string") {
    return { request: request.toWellFormed(), response: response.toWellFormed() }
  }
  throw wrongValue("autoResponse is", autoResponse, 'it must be two strings: { request: "ping", response: "pong" }')
}
