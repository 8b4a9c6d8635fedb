import type { Description } from "../stream/blueprint.ts"
import type { Clock } from "../stream/clock.ts"
import { Wiring } from "../stream/compile.ts"
import type { Flow } from "../stream/flow.ts"
import type { Codec, Data } from "./codec.ts"
import { Connection, type ConnectionSettings, type Socket } from "./connection.ts"
import { countersOf } from "./counters.ts"
import type { Handshake } from "./handshake.ts"
import { type AllLimits, type Limits, withDefaults } from "./limits.ts"
import type { CloseMessage } from "./message.ts"

/** A flow together with what else to accept the socket with. */
export interface Accepted<In, Out> extends Handshake {
  flow: Flow<In, Out>
  /** What the endpoint takes from one client, and keeps for it. */
  limits?: Limits
  /**
   * A text message that is answered at once, and that no flow sees. In a Durable Object the runtime answers it without waking the
   * object; there is one such text for all sockets of an object. Default: none.
   */
  keepAlive?: KeepAlive
  /**
   * Whether clients that offer the subprotocol `sluice.batch` get all messages of one event in one frame: a JSON array of the
   * texts, or bytes each after a length of four bytes. Default `false`.
   */
  batch?: boolean
  /**
   * Changes with the meaning of what the stages keep. Sockets that hibernated with another version are closed with 1012, or go
   * through `migrate`. Steps that were added, removed or renamed are noticed without it; another state of the same step is not.
   */
  version?: string | number
  /** Told once when the flow fails with something other than a `CloseError`. Default: the logger. */
  onError?: (error: unknown) => void
}

/** What a client sends to keep its connection alive, and the answer. */
export interface KeepAlive {
  request: string
  response: string
}

/** Who a connection is in logs and counters: the path of its route as it was written, and an id of its own. */
export interface Identity {
  endpoint: string
  id: string
}

type Hooks = Pick<ConnectionSettings, "onWired" | "onChanged" | "onSettled" | "origin" | "scope">
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
  readonly keepAlive?: KeepAlive
  readonly batch?: boolean
  readonly version?: string | number
  /** The frame for an element that goes to the client as it is. */
  frame(element: unknown, share: Share): Data | CloseMessage
}
export type Share = <In, Out>(codec: Codec<In, Out>) => Codec<In, Out>

export function endpointOf<In, Out>(codec: Codec<In, Out>, accepted: Accepted<In, Out>): Endpoint {
  const { flow, limits: given = {}, onError, ...others } = accepted
  const limits = withDefaults(given)
  return {
    ...others,
    limits,
    steps() {
      const wiring = new Wiring()
      wiring.chain(flow.chain, undefined)
      return wiring.steps
    },
    connection(socket, clock, { endpoint, id }, hooks = {}, share = (same) => same) {
      const settings = { clock, limits, counters: countersOf(endpoint), endpoint, id, onError, ...hooks }
      return new Connection(flow, share(codec), socket, settings)
    },
    frame: (element, share) => share(codec).encode(element as Out),
  }
}
