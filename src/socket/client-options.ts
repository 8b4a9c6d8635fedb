import type { Backoff, RestartSettings } from "../stream/backoff.ts"
import type { Duration } from "../stream/duration.ts"
import type { Codec } from "./codec.ts"
import type { Destination, Fresh, UpgradeFetch } from "./dial.ts"
import type { AllLimits, Limits } from "./limits.ts"

/** How an outgoing socket connects. */
export interface ClientFlowOptions<Out> {
  /**
   * Reconnects when there is no answer, when the connection is lost, and after a close with 1001 or 1011 to 1014, as Pekko's
   * `RestartFlow.withBackoff`. Default: the flow fails.
   */
  backoff?: Omit<RestartSettings, "restartOn">
  /** Messages to send first on each connection, also on later ones: a login, subscriptions. Default: none. */
  onConnect?: NoInfer<() => Iterable<Out>>
  /** Headers of the handshake, or a function that is called for them before each connection. Browsers send none. Default: none. */
  headers?: Fresh<Record<string, string>>
  /** The subprotocols to offer. Default: none. */
  subprotocols?: readonly string[]
  /**
   * Limits for the messages of the upstream, and for messages that wait for it, as those of an accepted socket. Beyond `idleTimeout` the
   * connection counts as lost. Default: those that `Limits` names.
   */
  limits?: Limits
  /** How long the upstream may take to answer the handshake, at least 1 ms. Default 10 seconds. */
  handshakeTimeout?: Duration
  /**
   * The fate of the flow in a Durable Object that is evicted, since a socket cannot be saved: `restart` reconnects, within a
   * minute where nothing else wakes the object; `fail` ends the flow with 1012. Without it a `FlowObject` refuses the flow.
   */
  onEviction?: "restart" | "fail"
  /**
   * The `fetch` that opens the socket, such as `(url, init) => env.BACKEND.fetch(url, init)` of a service binding. Default: that of
   * workerd; `WebSocket` in other runtimes.
   */
  fetch?: UpgradeFetch
}

/** The parts of an outgoing connection. */
export interface ClientSettings<In, Out> extends Pick<ClientFlowOptions<Out>, "onConnect" | "onEviction"> {
  destination: Destination
  codec: Codec<In, Out>
  limits: AllLimits
  handshakeTimeout: number
  restarts: Backoff | undefined
}
