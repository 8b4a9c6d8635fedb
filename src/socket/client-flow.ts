import { checkNames, wrongValue } from "../stream/author-value.ts"
import { backoffOf } from "../stream/backoff.ts"
import { toMilliseconds } from "../stream/duration.ts"
import { Flow } from "../stream/flow.ts"
import { requireCodec } from "./argument-checks.ts"
import { ClientConnection } from "./client-connection.ts"
import type { ClientFlowOptions, ClientSettings } from "./client-options.ts"
import type { Codec } from "./codec.ts"
import type { Fresh } from "./dial.ts"
import { withDefaults } from "./limits.ts"

const name = "webSocketClientFlow"

/**
 * An outgoing WebSocket as a flow, as in Pekko HTTP: elements that come in are sent to the upstream, and its messages come out. Each run
 * of the flow opens a socket of its own, in a Worker, in a `FlowObject` and elsewhere.
 *
 * - **Emits when** a message has come; up to `maxQueuedMessages` wait without demand, since the runtime cannot pause a socket, and
 *   `queueOverflow` decides about further ones
 * - **Backpressures when** there is no connection yet, or more than `maxBufferedAmount` bytes wait for the upstream; `slowReader` also
 *   applies while it reconnects
 * - **Completes when** upstream completes, which closes the socket with 1000, or the peer closes with 1000 or without a code. Fails with
 *   a `CloseError` of the peer's code; of 1014 when there is no connection, and when the peer's message is not valid
 * - **Cancels when** downstream cancels, which closes the socket with 1000, or the connection has ended: after the last message if it
 *   fails. A failure of the flow closes it with the code of its `CloseError`, or with 1011
 * - **Hibernates:** keeps received messages that wait for demand, and the count of restarts. An open socket keeps the object awake, and
 *   pins it without `onEviction`
 *
 * A codec with `closed`, such as `messages`, gets the peer's close as an element instead of the failure. Scripts of browsers and of Node
 * cannot send close codes from 1001 to 2999: the close is then without a code.
 *
 * @throws a `TypeError` for an argument that is no codec or no URL of a WebSocket, and for an unknown option; a `RangeError` for a limit or a duration out of bounds
 *
 * @example
 * ```ts
 * const upstream = webSocketClientFlow("wss://example.com/feed", json(), {
 *   backoff: { minBackoff: "1 second", maxBackoff: "30 seconds" },
 *   onConnect: () => [{ subscribe: "prices" }],
 * })
 * ```
 */
export function webSocketClientFlow<In, Out>(
  url: Fresh<string | URL>,
  codec: Codec<In, Out>,
  options: ClientFlowOptions<Out> = {},
): Flow<Out, In> {
  requireCodec(codec)
  if (typeof url !== "function") requireUrl(url)
  const { backoff, onConnect, headers, subprotocols, handshakeTimeout = 10_000, onEviction, fetch } = options
  const limits = withDefaults(options.limits ?? {})
  const known = { backoff, onConnect, headers, subprotocols, handshakeTimeout, onEviction, fetch, limits }
  checkNames(`${name} option`, options, known)
  const settings = (): ClientSettings<In, Out> => ({
    destination: { url, headers, subprotocols, fetch },
    codec,
    limits,
    handshakeTimeout: toMilliseconds(handshakeTimeout, 1, `${name}: handshakeTimeout`),
    restarts: backoff && backoffOf(`${name}: backoff`, backoff)(),
    onConnect,
    onEviction,
  })
  // Settings out of bounds are found where the flow is made.
  settings()
  return new Flow([
    {
      name,
      hibernates: onEviction ? "keeps" : "pinned",
      instead: 'say what becomes of its socket: onEviction: "restart" or "fail"',
      build(wiring, last) {
        const connection = new ClientConnection(settings())
        wiring.addSink(connection.outbox, last)
        wiring.add(connection.stage, undefined)
        return wiring.add(connection.inbox, undefined)
      },
    },
  ])
}

function requireUrl(url: unknown): void {
  const parsed = URL.parse(String(url))
  if (parsed && /^(ws|http)s?:$/.test(parsed.protocol)) return
  throw wrongValue(`${name} takes the URL of a WebSocket, and got`, url, "write it with wss:// or ws://")
}
