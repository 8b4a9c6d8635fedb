import type { Description } from "../stream/blueprint.ts"
import type { Clock } from "../stream/clock.ts"
import { Wiring } from "../stream/compile.ts"
import type { Flow } from "../stream/flow.ts"
import type { Codec, Data } from "./codec.ts"
import { Connection, type ConnectionSettings, type Socket } from "./connection.ts"
import type { Handshake } from "./handshake.ts"
import { type Limits, withDefaults } from "./limits.ts"
import type { CloseMessage } from "./message.ts"

/** A flow together with what else to accept the socket with. */
export interface Accepted<In, Out> extends Handshake {
  flow: Flow<In, Out>
  /** What the endpoint takes from one client. */
  limits?: Limits
  /** Told once when the flow fails with something other than a `CloseError`. Default: `console.error`. */
  onError?: (error: unknown) => void
}

type Hooks = Pick<ConnectionSettings, "onChanged" | "onSettled" | "origin">
/** A connection, whatever its messages are. */
export type AnyConnection = Omit<Connection<unknown, unknown>, "send" | "inputDone" | "outputDone" | "lingered">

/** All that is needed to run a flow on a socket, whatever its messages are. */
export interface Endpoint extends Handshake {
  /** `name` says in the log whose flow has failed; `share` may replace the codec's encoding by a shared one. */
  connection(socket: Socket, clock: Clock, name: string, hooks?: Hooks, share?: Share): AnyConnection
  /** The steps of its flow, in order. */
  readonly steps: readonly Description[]
  /** The frame for an element that goes to the client as it is. */
  frame(element: unknown, share: Share): Data | CloseMessage
}
export type Share = <In, Out>(codec: Codec<In, Out>) => Codec<In, Out>

export function endpointOf<In, Out>(codec: Codec<In, Out>, accepted: Accepted<In, Out>): Endpoint {
  const { flow, limits, onError, ...handshake } = accepted
  return {
    ...handshake,
    get steps() {
      const wiring = new Wiring()
      wiring.chain(flow.chain, undefined)
      return wiring.steps
    },
    connection(socket, clock, name, hooks = {}, share = (same) => same) {
      const report = onError ?? ((error: unknown) => console.error(`The flow of ${name} failed:`, error))
      const settings = { clock, limits: withDefaults(limits ?? {}), onError: report, ...hooks }
      return new Connection(flow, share(codec), socket, settings)
    },
    frame: (element, share) => share(codec).encode(element as Out),
  }
}
