import type { TextFormat } from "../session/frame.ts"
import { wrongValue } from "../stream/author-value.ts"
import type { Description } from "../stream/blueprint.ts"
import type { Clock } from "../stream/clock.ts"
import { Wiring } from "../stream/compile.ts"
import type { Flow } from "../stream/flow.ts"
import { requireCodec, requireFlow } from "./argument-checks.ts"
import { type CloseCodes, withDefaultCodes } from "./close-codes.ts"
import type { Codec, Data } from "./codec.ts"
import { Connection, type ConnectionSettings, type Socket } from "./connection.ts"
import type { Handshake } from "./handshake.ts"
import { type AllLimits, type Limits, withDefaults } from "./limits.ts"
import type { CloseMessage } from "./message.ts"
import { metricsOf } from "./metrics.ts"
import { defaultWindow, type Resume, type ResumeSettings, resumeSettings } from "./resume.ts"

/** What an endpoint has besides its codec and its flow. */
export interface EndpointOptions extends Handshake {
  /** What the endpoint takes from one client, and keeps for it. */
  limits?: Limits
  /**
   * A text message that is answered at once, and that no flow sees. In a Durable Object the runtime answers it without waking the
   * object; there is one such text for all sockets of an object. Default: none.
   */
  autoResponse?: AutoResponse
  /**
   * Whether clients that offer the subprotocol `sluice.batch` get all messages of one event in one frame: a JSON array of the
   * texts, or bytes each after a length of four bytes. Default `false`.
   */
  batch?: boolean
  /**
   * The close codes for "overloaded" and "restarted". Default 1013 and 1012, which WebKitGTK, Qt, libwebsockets and others report
   * as 1006 or 1002; codes from 4000 on reach every client. Whatever in the flow closes with 1013 or 1012 is sent as these.
   */
  closeCodes?: CloseCodes
  /**
   * Goes into the fingerprint of a Durable Object's flow. Change it when the state that steps keep has changed although the steps
   * have not: sockets attached before then close as "restarted". Default: none.
   */
  version?: string | number
  /**
   * Lets a connection outlive its socket, for clients that speak `sluice.1` as `sluice/client` does; others are not resumed. Only in a
   * `FlowObject`. Default: a connection ends with its socket.
   */
  resume?: Resume
  /** Told once when the flow fails with something other than a `CloseError`. Default: the logger. */
  onError?: (error: unknown) => void
}

/** What a client sends to keep its connection alive, and the answer. */
export interface AutoResponse {
  request: string
  response: string
}

/** Who a connection is in logs and metrics: the path of its route as it was written, and an id of its own. */
export interface Identity {
  route: string
  id: string
}

type Hooks = Pick<ConnectionSettings, "enter" | "onWired" | "onChanged" | "onSettled" | "origin" | "scope">
/** A connection, whatever its messages are. */
export type AnyConnection = Omit<
  Connection<unknown, unknown>,
  "scope" | "send" | "isSlow" | "dropped" | "inputDone" | "outputDone" | "changed" | "settled" | "rang"
>

/** All that is needed to run a flow on a socket, whatever its messages are. */
export interface Endpoint extends Handshake {
  /** `share` may replace the codec's encoding by a shared one. */
  connection(socket: Socket, clock: Clock, identity: Identity, hooks?: Hooks, share?: Share): AnyConnection
  /** The steps of its flow, in order; made anew for it. */
  steps(): readonly Description[]
  readonly limits: AllLimits
  readonly autoResponse?: AutoResponse
  readonly batch?: boolean
  readonly closeCodes: Required<CloseCodes>
  readonly version?: string | number
  readonly resume?: ResumeSettings
  /** How a session's frames carry texts. */
  readonly format: TextFormat
  /** The frame for an element that goes to the client as it is. */
  frame(element: unknown, share: Share): Data | CloseMessage
}
export type Share = <In, Out>(codec: Codec<In, Out>) => Codec<In, Out>

/** A `TypeError` for what is no codec, no flow or no version; a `RangeError` for a limit or a close code out of bounds. */
export function endpointOf<In, Out>(codec: Codec<In, Out>, flow: Flow<In, Out>, options: EndpointOptions): Endpoint {
  requireCodec(codec)
  requireFlow(flow)
  checkVersion(options.version)
  const { autoResponse, onError, ...others } = options
  const resume = resumeSettings(options.resume)
  const limits = withDefaults({ ...(resume && { maxBufferedAmount: defaultWindow }), ...options.limits })
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
      const settings = { clock, limits, closeCodes, metrics: metricsOf(route), route, id, onError, ...hooks }
      return new Connection(flow, share(codec), socket, settings)
    },
    frame: (element, share) => share(codec).encode(element as Out),
  }
}

function checkVersion(version: unknown): void {
  if (version === undefined || typeof version === "string" || Number.isFinite(version)) return
  throw wrongValue("The version of an endpoint is", version, "it must be a string or a number")
}

/** Clients send U+FFFD for half a surrogate pair, and get it. */
function wellFormed(autoResponse: AutoResponse): AutoResponse {
  const { request, response } = autoResponse
  if (typeof request === "string" && typeof response === "string") {
    return { request: request.toWellFormed(), response: response.toWellFormed() }
  }
  throw wrongValue("autoResponse is", autoResponse, 'it must be two strings: { request: "ping", response: "pong" }')
}
